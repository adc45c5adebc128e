/*
 * dwarf_none.c - what stands in for dwarf.c and dwarf_type.c when Waggle is built without libdw.
 */
#include <errno.h>

#include "probe/user.h"

void user_dwarf_release(struct user_file *file)
{
	(void)file;
}

int catalog_source_line(struct catalog *catalog, const struct catalog_line *line, struct diag *diag,
			const struct catalog_place **ret_places, uint32_t *ret_count)
{
	(void)catalog, (void)ret_places, (void)ret_count;
	diag_error(diag, SPAN_NONE,
		   "where '%s:%u' is in '%s' is not known: this waggle was built without libdw",
		   line->file, line->line, line->path);
	diag_hint(diag, "give a function instead, or an offset into it: uprobe:%s:function+16",
		  line->path);
	return -ENOTSUP;
}

int catalog_user_signature(struct catalog *catalog, const char *path, const char *name,
			   uint32_t pid, struct diag *diag,
			   const struct catalog_signature **ret_signature)
{
	(void)catalog, (void)pid, (void)ret_signature;
	diag_error(
		diag, SPAN_NONE,
		"the parameters of '%s' in '%s' are not known: this waggle was built without libdw",
		name, path);
	diag_hint(diag,
		  "arg0, arg1 ... have their values; build where libdw's headers are for more");
	return -ENOTSUP;
}

int catalog_user_type(struct catalog *catalog, const char *path, const char *name, uint32_t pid,
		      struct catalog_type *ret_type)
{
	(void)catalog, (void)path, (void)name, (void)pid, (void)ret_type;
	return -ENOTSUP;
}

/* Without DWARF there are no types to ask about. */
int catalog_type_of(struct catalog *catalog, const struct catalog_type *type,
		    struct catalog_type *ret_of)
{
	(void)catalog, (void)type, (void)ret_of;
	return -ENOTSUP;
}

int catalog_type_fields(struct catalog *catalog, const struct catalog_type *type,
			const struct catalog_type_field **ret_fields, uint32_t *ret_count)
{
	(void)catalog, (void)type, (void)ret_fields, (void)ret_count;
	return -ENOTSUP;
}

void catalog_type_print(struct catalog *catalog, const struct catalog_type *type,
			struct strbuf *out)
{
	(void)catalog, (void)type, (void)out;
}
