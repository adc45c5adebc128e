/* json_test.c - writing JSON. */
#include "base/json.h"

#include <math.h>

#include "../cmocka_all.h"

static void values(void **state)
{
	struct strbuf out = { 0 };
	struct json json = { .out = &out };

	(void)state;
	json_object(&json, NULL);
	json_unsigned(&json, "n", UINT64_MAX);
	json_double(&json, "d", 1.25, 2);
	json_double(&json, "inf", INFINITY, 2);
	json_bool(&json, "b", true);
	json_null(&json, "z");
	json_array(&json, "a");
	json_string(&json, NULL, "x");
	json_array(&json, NULL);
	json_end(&json);
	json_object(&json, NULL);
	json_end(&json);
	json_end(&json);
	json_format(&json, "f", "0x%x", 42);
	json_end(&json);
	assert_string_equal(strbuf_text(&out),
			    "{\"n\": 18446744073709551615, \"d\": 1.25, \"inf\": null, "
			    "\"b\": true, \"z\": null, \"a\": [\"x\", [], {}], \"f\": \"0x2a\"}\n");
	strbuf_release(&out);
}

static void strings(void **state)
{
	static const struct {
		const char *text, *json;
	} rows[] = {
		/* clang-format off */
		{ "",                                     "\"\""                                     },
		{ "a\"b\\c",                              "\"a\\\"b\\\\c\""                          },
		{ "\n\t\x01\x7f",                         "\"\\n\\t\\u0001\\u007f\""             },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9d", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9d\"" },
		{ "\xc3",                                 "\"\\ufffd\""                              },
		{ "\xc0\xaf",                             "\"\\ufffd\\ufffd\""                       },
		{ "\xed\xa0\x80",                         "\"\\ufffd\\ufffd\\ufffd\""                },
		{ "\xf4\x90\x80\x80",                     "\"\\ufffd\\ufffd\\ufffd\\ufffd\""         },
		{ "a\xe2\x82",                            "\"a\\ufffd\\ufffd\""                      },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct strbuf out = { 0 };
		struct json json = { .out = &out };

		json_string(&json, NULL, rows[i].text);
		assert_string_equal(strbuf_text(&out), rows[i].json);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
