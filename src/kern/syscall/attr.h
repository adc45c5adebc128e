/*
 * attr.h - what bpf(2) is given: union bpf_attr as Linux 6.18 has it.
 *
 * The system's <linux/bpf.h> may be of an older kernel, and the zero tail that every command checks
 * depends on how much of the union it knows; so the union is here.  Members are called as in the
 * kernel.  Addresses are the caller's: they are read with user_read (kern/syscall/user.h) only.
 */
#ifndef WAGGLE_KERN_SYSCALL_ATTR_H
#define WAGGLE_KERN_SYSCALL_ATTR_H

#include <assert.h>
#include <stdint.h>

enum { ATTR_NAME_LEN = 16 }; /* bytes of an object's name, its NUL included */

union attr {
	struct {
		uint32_t map_type;
		uint32_t key_size;
		uint32_t value_size;
		uint32_t max_entries;
		uint32_t map_flags;
		uint32_t inner_map_fd;
		uint32_t numa_node;
		char map_name[ATTR_NAME_LEN];
		uint32_t map_ifindex;
		uint32_t btf_fd;
		uint32_t btf_key_type_id;
		uint32_t btf_value_type_id;
		uint32_t btf_vmlinux_value_type_id;
		uint64_t map_extra;
		int32_t value_type_btf_obj_fd;
		int32_t map_token_fd;
		uint64_t excl_prog_hash;
		uint32_t excl_prog_hash_size;
	} map_create;

	struct {
		uint32_t map_fd;
		uint64_t key;
		uint64_t value; /* or the next key */
		uint64_t flags;
	} elem;

	struct {
		uint64_t in_batch;
		uint64_t out_batch;
		uint64_t keys;
		uint64_t values;
		uint32_t count;
		uint32_t map_fd;
		uint64_t elem_flags;
		uint64_t flags;
	} batch;

	struct {
		uint32_t prog_type;
		uint32_t insn_cnt;
		uint64_t insns;
		uint64_t license;
		uint32_t log_level;
		uint32_t log_size;
		uint64_t log_buf;
		uint32_t kern_version;
		uint32_t prog_flags;
		char prog_name[ATTR_NAME_LEN];
		uint32_t prog_ifindex;
		uint32_t expected_attach_type;
		uint32_t prog_btf_fd;
		uint32_t func_info_rec_size;
		uint64_t func_info;
		uint32_t func_info_cnt;
		uint32_t line_info_rec_size;
		uint64_t line_info;
		uint32_t line_info_cnt;
		uint32_t attach_btf_id;
		uint32_t attach_fd; /* attach_prog_fd, attach_btf_obj_fd */
		uint32_t core_relo_cnt;
		uint64_t fd_array;
		uint64_t core_relos;
		uint32_t core_relo_rec_size;
		uint32_t log_true_size;
		int32_t prog_token_fd;
		uint32_t fd_array_cnt;
		uint64_t signature;
		uint32_t signature_size;
		int32_t keyring_id;
	} prog_load;

	struct {
		uint64_t pathname;
		uint32_t bpf_fd;
		uint32_t file_flags;
		int32_t path_fd;
	} obj;

	struct {
		uint32_t target; /* target_fd, target_ifindex */
		uint32_t attach_bpf_fd;
		uint32_t attach_type;
		uint32_t attach_flags;
		uint32_t replace_bpf_fd;
		uint32_t relative; /* relative_fd, relative_id */
		uint64_t expected_revision;
	} attach;

	struct {
		uint32_t prog_fd;
		uint32_t retval;
		uint32_t data_size_in;
		uint32_t data_size_out;
		uint64_t data_in;
		uint64_t data_out;
		uint32_t repeat;
		uint32_t duration;
		uint32_t ctx_size_in;
		uint32_t ctx_size_out;
		uint64_t ctx_in;
		uint64_t ctx_out;
		uint32_t flags;
		uint32_t cpu;
		uint32_t batch_size;
	} test;

	struct {
		uint32_t id; /* start_id, prog_id, map_id, btf_id, link_id */
		uint32_t next_id;
		uint32_t open_flags;
		int32_t fd_by_id_token_fd;
	} by_id;

	struct {
		uint32_t bpf_fd;
		uint32_t info_len;
		uint64_t info;
	} info;

	struct {
		uint32_t target; /* target_fd, target_ifindex */
		uint32_t attach_type;
		uint32_t query_flags;
		uint32_t attach_flags;
		uint64_t prog_ids;
		uint32_t count;
		uint64_t prog_attach_flags;
		uint64_t link_ids;
		uint64_t link_attach_flags;
		uint64_t revision;
	} query;

	struct {
		uint64_t name;
		uint32_t prog_fd;
		uint64_t cookie;
	} raw_tracepoint;

	struct {
		uint64_t btf;
		uint64_t btf_log_buf;
		uint32_t btf_size;
		uint32_t btf_log_size;
		uint32_t btf_log_level;
		uint32_t btf_log_true_size;
		uint32_t btf_flags;
		int32_t btf_token_fd;
	} btf_load;

	struct {
		uint32_t pid;
		uint32_t fd;
		uint32_t flags;
		uint32_t buf_len;
		uint64_t buf;
		uint32_t prog_id;
		uint32_t fd_type;
		uint64_t probe_offset;
		uint64_t probe_addr;
	} task_fd_query;

	struct {
		uint32_t prog_fd; /* or map_fd */
		uint32_t target;  /* target_fd, target_ifindex */
		uint32_t attach_type;
		uint32_t flags;
		union {
			uint32_t target_btf_id;
			struct {
				uint64_t iter_info;
				uint32_t iter_info_len;
			} iter;
			struct {
				uint64_t cookie;
			} perf_event;
			struct {
				uint32_t target_btf_id;
				uint64_t cookie;
			} tracing;
			struct {
				uint32_t pf;
				uint32_t hooknum;
				int32_t priority;
				uint32_t flags;
			} netfilter;
			struct {
				uint32_t relative; /* relative_fd, relative_id */
				uint64_t expected_revision;
			} tcx; /* netkit and cgroup alike */
			struct {
				uint32_t flags;
				uint32_t cnt;
				uint64_t syms;
				uint64_t addrs;
				uint64_t cookies;
			} kprobe_multi;
			struct {
				uint64_t path;
				uint64_t offsets;
				uint64_t ref_ctr_offsets;
				uint64_t cookies;
				uint32_t cnt;
				uint32_t flags;
				uint32_t pid;
			} uprobe_multi;
		};
	} link_create;

	struct {
		uint32_t link_fd;
		uint32_t new_fd; /* of a program or a map */
		uint32_t flags;
		uint32_t old_fd;
	} link_update;

	struct {
		uint32_t link_fd;
	} link_detach;

	struct {
		uint32_t type;
	} enable_stats;

	struct {
		uint32_t link_fd;
		uint32_t flags;
	} iter_create;

	struct {
		uint32_t prog_fd;
		uint32_t map_fd;
		uint32_t flags;
	} prog_bind_map;

	struct {
		uint32_t flags;
		uint32_t bpffs_fd;
	} token_create;

	struct {
		uint64_t stream_buf;
		uint32_t stream_buf_len;
		uint32_t stream_id;
		uint32_t prog_fd;
	} prog_stream_read;
};

static_assert(sizeof(union attr) == 168, "as much as Linux 6.18 knows");

#endif
