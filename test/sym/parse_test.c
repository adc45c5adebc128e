/* parse_test.c - /proc/kallsyms, /proc/PID/maps, perf-PID.map and mangled names, as texts. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cmocka_all.h"
#include "base/arena.h"
#include "base/bits.h"
#include "sym/demangle.h"
#include "sym/kallsyms.h"
#include "sym/perfmap.h"
#include "sym/space.h"

/* --- the kernel ------------------------------------------------------------------------------- */

static const char kernel[] = "ffffffff81000000 T first\n"
			     "ffffffff81000000 T alias\n"
			     "ffffffff81000100 t second\n"
			     "this is no symbol\n"
			     "ffffffffc0002000 t later\t[beta]\n"
			     "ffffffffc0001000 t earlier\t[alpha]\n";

static const char *kernel_name(const struct kallsyms *table, uint64_t address)
{
	const struct kallsym *symbol = kallsyms_at(table, address);

	return symbol ? kallsyms_text(table, symbol->name) : NULL;
}

static void kernel_symbols(void **state)
{
	struct kallsyms table = { 0 };

	(void)state;
	assert_int_equal(kallsyms_add(&table, kernel, sizeof kernel - 1), 0);
	kallsyms_finish(&table);
	assert_int_equal(table.count, 5);
	assert_null(kallsyms_at(&table, 0xffffffff80ffffff));
	assert_string_equal(kernel_name(&table, 0xffffffff81000000), "first");
	assert_string_equal(kernel_name(&table, 0xffffffff810000ff), "first");
	assert_string_equal(kernel_name(&table, 0xffffffff81000100), "second");
	assert_null(kernel_name(&table, 0xffffffff90000000));
	assert_string_equal(kernel_name(&table, 0xffffffffc0001800), "earlier");
	assert_string_equal(kallsyms_text(&table, kallsyms_at(&table, 0xffffffffc0002001)->module),
			    "beta");
	assert_int_equal(kallsyms_named(&table, "alias")->address, 0xffffffff81000000);
	assert_null(kallsyms_named(&table, "nothing"));
	assert_false(table.is_hidden);
	kallsyms_release(&table);
}

static void hidden_addresses_are_noticed(void **state)
{
	static const char text[] = "0000000000000000 T first\n0000000000000000 T second\n";
	struct kallsyms table = { 0 };

	(void)state;
	assert_int_equal(kallsyms_add(&table, text, sizeof text - 1), 0);
	kallsyms_finish(&table);
	assert_true(table.is_hidden);
	assert_int_equal(table.count, 0);
	assert_null(kallsyms_at(&table, 0xffffffff81000000));
	assert_null(kallsyms_named(&table, "first"));
	kallsyms_release(&table);
}

/* Of several the lowest; a name that begins like it is another. */
static void one_symbol_of_a_file(void **state)
{
	static const char text[] = "ffffffff81000000 T second_half\n"
				   "ffffffffc0002000 t second\t[beta]\n"
				   "ffffffff81000100 t second\n"
				   "81000200 t narrow\n"
				   "0000000000000000 T hidden\n"
				   "ffffffff81000300 t last";
	char path[] = "/tmp/kallsyms-XXXXXX";
	const int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(kallsyms_find(path, "second"), 0xffffffff81000100);
	assert_int_equal(kallsyms_find(path, "narrow"), 0x81000200);
	assert_int_equal(kallsyms_find(path, "last"), 0xffffffff81000300);
	assert_int_equal(kallsyms_find(path, "las"), 0);
	assert_int_equal(kallsyms_find(path, "hidden"), 0);
	assert_int_equal(kallsyms_find(path, ""), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(kallsyms_find(path, "last"), 0);
}

/* --- mappings --------------------------------------------------------------------------------- */

static const char maps[] =
	"00400000-00401000 r--p 00000000 fe:01 7                          /bin/thing\n"
	"00401000-00405000 r-xp 00001000 fe:01 7                          /bin/thing\n"
	"7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n"
	"7f0000002000-7f0000003000 r-xp 00000000 00:1a 99  /tmp/a b\\012c (deleted)\n"
	"nonsense\n"
	"7ffff000-7fff0000 r-xp 00000000 00:00 0\n"
	"7fff00000000-7fff00002000 r-xp 00000000 00:00 0                  [vdso]\n";

static void mappings(void **state)
{
	struct arena arena = { 0 };
	struct intern names = { .arena = &arena };
	struct space *space = space_new(), *copy;
	struct mapping over = { .start = 0x402000, .end = 0x403000, .offset = 0x10 };

	(void)state;
	assert_non_null(space);
	assert_int_equal(space_add_maps(space, &names, maps, sizeof maps - 1), 0);
	assert_int_equal(space->count, 4);
	assert_null(space_at(space, 0x400800)); /* no code */
	assert_string_equal(space_at(space, 0x401000)->path, "/bin/thing");
	assert_int_equal(space_at(space, 0x404fff)->key.inode, 7);
	assert_null(space_at(space, 0x405000));
	assert_null(space_at(space, 0x7f0000000fff)->path);
	assert_string_equal(space_at(space, 0x7f0000002000)->path, "/tmp/a b\nc");
	assert_true(space_at(space, 0x7f0000002000)->is_deleted);
	assert_string_equal(space_at(space, 0x7fff00000000)->path, "[vdso]");

	copy = space_copy(space);
	assert_int_equal(space_map(space, &over), 0); /* it splits what was there */
	assert_int_equal(space->count, 6);
	assert_int_equal(space_at(space, 0x401fff)->offset, 0x1000);
	assert_int_equal(space_at(space, 0x402000)->offset, 0x10);
	assert_int_equal(space_at(space, 0x403000)->offset, 0x3000);
	assert_int_equal(copy->count, 4);
	over.start = 0x1000;
	over.end = 0x7f0000002800;
	assert_int_equal(space_map(space, &over), 0); /* it covers several, and cuts one */
	assert_int_equal(space->count, 3);
	assert_int_equal(space_at(space, 0x7f0000002800)->offset, 0x800);
	space_put(copy);
	space_put(space);
	intern_release(&names);
	arena_release(&arena);
}

/* --- code made at run time -------------------------------------------------------------------- */

static void made_code(void **state)
{
	static const char first[] = "1000 100 one\n0x2000 0x80 two words(int)\nbad\n3000 0 empty\n";
	static const char second[] = "1000 40 again\n";
	struct arena arena = { 0 };
	struct perfmap map = { 0 };

	(void)state;
	assert_int_equal(perfmap_add(&map, first, sizeof first - 1, &arena), 0);
	assert_int_equal(map.count, 2);
	assert_string_equal(perfmap_at(&map, 0x10ff)->name, "one");
	assert_null(perfmap_at(&map, 0x1100));
	assert_string_equal(perfmap_at(&map, 0x207f)->name, "two words(int)");
	assert_int_equal(perfmap_add(&map, second, sizeof second - 1, &arena), 0);
	assert_string_equal(perfmap_at(&map, 0x1000)->name, "again"); /* the later one */
	assert_string_equal(perfmap_at(&map, 0x1040)->name, "one");
	perfmap_release(&map);
	arena_release(&arena);
}

/* --- mangled names ---------------------------------------------------------------------------- */

static const struct {
	const char *mangled, *readable; /* NULL: it is none */
} names[] = {
	{ "main", NULL },
	{ "_Z", NULL },
	{ "_Z3foo", "foo" },
	{ "_Z3fooi", "foo(int)" },
	{ "_Z3foov.cold", "foo() [clone .cold]" },
	{ "_ZN2ns3Foo3barEPKcRS0_", "ns::Foo::bar(char const*, ns::Foo&)" },
	{ "_ZNK3Foo3getEv", "Foo::get() const" },
	{ "_ZN3FooC2ERKS_", "Foo::Foo(Foo const&)" },
	{ "_ZN3FooD0Ev", "Foo::~Foo()" },
	{ "_ZN3FoocvbEv", "Foo::operator bool()" },
	{ "_ZplRK1AS1_", "operator+(A const&, A const&)" },
	{ "_Z1fIiEvT_", "void f<int>(int)" },
	{ "_Z1fIJidEEvDpT_", "void f<int, double>(int, double)" },
	{ "_Z1fPFivE", "f(int (*)())" },
	{ "_Z1fRA3_Ki", "f(int const (&) [3])" },
	{ "_ZZ4mainENKUlvE_clEv", "main::{lambda()#1}::operator()() const" },
	{ "_ZN12_GLOBAL__N_11fEv", "(anonymous namespace)::f()" },
	{ "_ZTV3Foo", "vtable for Foo" },
	{ "_ZThn16_N3Foo1fEv", "non-virtual thunk to Foo::f()" },
	{ "_ZNSt6vectorIiSaIiEE9push_backEOi",
	  "std::vector<int, std::allocator<int> >::push_back(int&&)" },
	{ "_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt" },
	{ "_ZN36_$LT$T$u20$as$u20$core..any..Any$GT$7type_id17h0123456789abcdefE",
	  "<T as core::any::Any>::type_id" },
	{ "_RNvC6_123foo3bar", "123foo::bar" },
	{ "_RNvCs15kBYyAo9fc_7mycrate7example", "mycrate::example" },
	{ "_RNCNvC5crate4mains_0", "crate::main::{closure#1}" },
	{ "_RNCNvC5crate4main0", "crate::main::{closure#0}" },
	{ "_RINvC5crate1fjRShE", "crate::f::<usize, &[u8]>" },
	{ "_RNvNtC5crateu8gdel_5qa1f", "crate::g\u00f6del::f" },
	{ "_RNvB_1f", NULL },
};

static void mangled_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct strbuf out = { 0 };
		const bool good = demangle(names[i].mangled, &out);

		if (names[i].readable && good)
			assert_string_equal(strbuf_text(&out), names[i].readable);
		else
			assert_true(good == (names[i].readable != NULL));
		if (!good)
			assert_int_equal(out.len, 0);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_symbols),
		cmocka_unit_test(hidden_addresses_are_noticed),
		cmocka_unit_test(one_symbol_of_a_file),
		cmocka_unit_test(mappings),
		cmocka_unit_test(made_code),
		cmocka_unit_test(mangled_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
