/*
 * config.h - the settings of a script: from its config block, and from the environment, which wins.
 */
#ifndef WAGGLE_SCRIPT_CONFIG_H
#define WAGGLE_SCRIPT_CONFIG_H

#include "script/ast.h"
#include "script/script.h"

struct bundle_config;

/* Find out all settings of @script.  0, or -EINVAL with the errors in @diag; or -ENOMEM. */
int config_read(struct script *script, const struct script_options *options, struct arena *arena,
		struct diag *diag);

/* A setting of the type that config.def says; after config_read. */
uint64_t config_number(const struct script *script, enum config_id id);  /* BOOL, NUMBER */
const char *config_text(const struct script *script, enum config_id id); /* TEXT, CHOICE */

/* Is what @id ("unstable_...") speaks of allowed?  If not, or not without a word, that is said of
 * @what at @span. */
bool config_allows(const struct script *script, enum config_id id, struct span span,
		   const char *what, struct diag *diag);

/* What the session has to know. */
void config_fill(const struct script *script, struct bundle_config *ret_config);

#endif
