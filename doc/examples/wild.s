# Reads beyond its memory: a guarded run says where.
        r0 = *(u64 *)(r1 +4)
        exit
