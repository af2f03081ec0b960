# The stack at entry is execve's: the initial stack pointer is the address of argc.
	.globaltype	__stack_pointer, i32
	.functype	__start (i32) -> ()
	.export_name	_start, _start
	.globl	_start
	.type	_start,@function
_start:
	.functype	_start () -> ()
	global.get	__stack_pointer
	call	__start
	end_function
