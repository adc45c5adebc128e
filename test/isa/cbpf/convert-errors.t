# What a target cannot express is refused with its name, unless it is never reached.
-- asm
	ld proto
	ld mark
	ret a
-- skb
-- mem
input:1:2: error: instruction 0, 'ld [proto]': a piece of memory has no 'proto', the Ethernet protocol
    1 | 	ld proto
      | 	^~~~~~~~
input:2:2: error: instruction 1, 'ld [mark]': a piece of memory has no 'mark', the packet's mark
    2 | 	ld mark
      | 	^~~~~~~
-- asm
	ld nla
	ld nlan
	ldh hatype
	ldb poff
	ret a
-- skb
input:1:2: error: instruction 0, 'ld [nla]': an eBPF socket filter cannot ask for 'nla', a netlink attribute's offset
    1 | 	ld nla
      | 	^~~~~~
input:2:2: error: instruction 1, 'ld [nlan]': an eBPF socket filter cannot ask for 'nlan', a nested netlink attribute's offset
    2 | 	ld nlan
      | 	^~~~~~~
input:3:2: error: instruction 2, 'ldh [hatype]': an eBPF socket filter cannot ask for 'hatype', the device's hardware type
    3 | 	ldh hatype
      | 	^~~~~~~~~~
input:4:2: error: instruction 3, 'ldb [poff]': an eBPF socket filter cannot ask for 'poff', the payload's offset
    4 | 	ldb poff
      | 	^~~~~~~~
-- asm
	ld rand
	ld cpu
	ldb [-1048576]
	ldxb 4*([-2097152]&0xf)
	ret a
-- skb
-- mem
input:1:2: error: instruction 0, 'ld [random]': a piece of memory has no 'random', a random number
    1 | 	ld rand
      | 	^~~~~~~
input:2:2: error: instruction 1, 'ld [cpu]': a piece of memory has no 'cpu', the processor's number
    2 | 	ld cpu
      | 	^~~~~~
input:3:2: error: instruction 2, 'ldb [-1048576]': where the headers of a piece of memory begin is not known
    3 | 	ldb [-1048576]
      | 	^~~~~~~~~~~~~~
input:4:2: error: instruction 3, 'ldxb 4*([-2097152]&0xf)': where the headers of a piece of memory begin is not known
    4 | 	ldxb 4*([-2097152]&0xf)
      | 	^~~~~~~~~~~~~~~~~~~~~~~
-- asm
	ja l2
	ld nla
l2:	ld [-4056]
	ret a
-- skb
-- mem
