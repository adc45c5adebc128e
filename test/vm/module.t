# Functions and types of a module, which its own types describe.
-- cmd
waggle trace -l 'fentry:null_blk:null_q*' | head -1
-- stdout
fentry:null_blk:null_queue_rq
-- cmd
waggle trace -v -l 'fentry:null_blk:null_queue_rq'
-- stdout
fentry:null_blk:null_queue_rq
    struct blk_mq_hw_ctx * hctx
    struct blk_mq_queue_data * bd
-- cmd
waggle trace -e 'fentry:null_blk:null_queue_rq { $nq = (struct nullb_queue *)args.hctx.driver_data;
	@[str($nq->dev->nullb->disk_name), args.bd.rq.__data_len] = count(); }
	fexit:null_queue_rq { @results[retval] = count(); }' -c 'dd if=/dev/nullb0 of=/dev/null bs=4096 count=1 iflag=direct' 2>/dev/null | grep -c '^@'
-- stdout
2
-- cmd
waggle trace -e 'kprobe:null_blk:null_queue_rq { print(sizeof(struct nullb_queue) > 0); exit(); }' -c 'dd if=/dev/nullb0 of=/dev/null bs=4096 count=1 iflag=direct' 2>/dev/null | grep -c true
-- stdout
1
-- cmd
waggle trace -e 'fentry:null_blk:no_such { }' 2>&1 | head -1
-- stdout
<program>:1:1: error: {{.*}}no_such{{.*}}
