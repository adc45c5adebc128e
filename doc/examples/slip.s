# A slip that the assembler explains.
        r0 = 0
        r0 += rx
        exit
