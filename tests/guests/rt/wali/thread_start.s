# A thread begins with globals as the module declares them: its stack and thread-local storage are its argument's
# first two words, and must be in place before any C runs.
	.globaltype	__stack_pointer, i32
	.functype	__wasm_init_tls (i32) -> ()
	.functype	__thread_main (i32, i32) -> ()
	.globl	__thread_start
	.type	__thread_start,@function
__thread_start:
	.functype	__thread_start (i32, i32) -> ()
	local.get	1
	i32.load	0
	global.set	__stack_pointer
	local.get	1
	i32.load	4
	call	__wasm_init_tls
	local.get	0
	local.get	1
	call	__thread_main
	end_function
