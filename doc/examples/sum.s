# The sum of the bytes of the memory that the program is given.
        r0 = 0
        r2 += r1                  # r1: the memory, r2: its end
loop:   if r1 >= r2 goto done
        r3 = *(u8 *)(r1 +0)
        r0 += r3
        r1 += 1
        goto loop
done:   exit
