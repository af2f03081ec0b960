BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
}

Describe 'System calls' {
    BeforeEach {
        $kernel = Start-WasmKernel
    }

    AfterEach {
        Get-WasmKernel | Stop-WasmKernel
    }

    Context 'Invoke-WasmSyscall' {
        It 'answers with name, number, value and trace' {
            $result = Invoke-WasmSyscall getpid
            $result.Name | Should -Be getpid
            $result.Number | Should -Be 39
            $result.Abi | Should -Be x86-64
            $result.ReturnValue | Should -Be $result.ProcessId
            $result.Errno | Should -BeNullOrEmpty
            $result.Trace | Should -BeLike 'getpid() * = *'
        }

        It 'answers an error by its name, which is no error of the command' {
            $result = Invoke-WasmSyscall rmdir /nonexistent -ErrorVariable problem
            $result.ReturnValue | Should -Be -1
            $result.Errno | Should -Be ENOENT
            $result.Message | Should -Be 'No such file or directory'
            $problem | Should -BeNullOrEmpty
        }

        It 'makes the error one of the command with -ErrorOnFailure' {
            Invoke-WasmSyscall rmdir /nonexistent -ErrorOnFailure -ErrorVariable problem -ErrorAction SilentlyContinue | Out-Null
            $problem.FullyQualifiedErrorId | Should -BeLike 'ENOENT,*'
            $problem.CategoryInfo.Category | Should -Be ObjectNotFound
            $problem.TargetObject.Name | Should -Be rmdir
        }

        It 'keeps descriptors, working directory and umask from call to call' {
            $fd = (Invoke-WasmSyscall openat AT_FDCWD, /tmp/kept, 'O_RDWR|O_CREAT', '0644').ReturnValue
            $fd | Should -Be 3
            (Invoke-WasmSyscall write $fd, 'hello').ReturnValue | Should -Be 5
            (Invoke-WasmSyscall pread64 $fd, 100, 100, 1).Text | Should -Be ello
            Invoke-WasmSyscall chdir /tmp | Out-Null
            (Invoke-WasmSyscall getcwd).Text | Should -Be /tmp
            (Invoke-WasmSyscall access kept).Errno | Should -BeNullOrEmpty
            Invoke-WasmSyscall umask '077' | Out-Null
            (Invoke-WasmSyscall umask '022').ReturnValue | Should -Be 63
        }

        It 'takes flags <Form>' -ForEach @(
            @{ Form = 'joined by |'; Flags = 'O_WRONLY|O_CREAT' }
            @{ Form = 'joined by commas'; Flags = 'O_WRONLY,O_CREAT' }
            @{ Form = 'as a list'; Flags = @('O_WRONLY', 'O_CREAT') }
            @{ Form = 'as a number'; Flags = 0x41 }
            @{ Form = 'as hexadecimal text'; Flags = '0x41' }
            @{ Form = 'as octal text'; Flags = '0101' }
        ) {
            $result = Invoke-WasmSyscall -Name openat -Argument 'AT_FDCWD', '/tmp/flags', $Flags, '0600'
            $result.Trace | Should -BeLike '*O_WRONLY|O_CREAT, 0600*'
        }

        It 'reads structures with the layout of <Abi>' -ForEach @(
            @{ Abi = 'x86-64'; Call = 'stat' }
            @{ Abi = 'i386'; Call = 'stat64' }
            @{ Abi = 'i386'; Call = 'stat' }
        ) {
            $stat = (Invoke-WasmSyscall $Call /etc/passwd -Abi $Abi).Output.statbuf
            $stat.st_size | Should -BeGreaterThan 20
            $stat.st_mode | Should -Be 0x81A4
            $stat.st_nlink | Should -Be 1
        }

        It 'shows what a structure holds, beside the call' {
            (Invoke-WasmSyscall stat /etc/passwd).Summary | Should -BeLike 'statbuf={*st_nlink=1, st_mode=0100644, *st_size=*}'
        }

        It 'names flags in the trace by the call''s own names, and none as 0' {
            (Invoke-WasmSyscall epoll_create1 0).Trace | Should -BeLike 'epoll_create1(0) *= *'
            (Invoke-WasmSyscall epoll_create1 EPOLL_CLOEXEC).Trace | Should -BeLike 'epoll_create1(EPOLL_CLOEXEC) *= *'
            (Invoke-WasmSyscall timerfd_create CLOCK_MONOTONIC, O_CLOEXEC).Trace | Should -BeLike 'timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC) *= *'
            (Invoke-WasmSyscall dup3 0, 9, O_RDWR).Trace | Should -BeLike 'dup3(0, 9, O_RDWR) *EINVAL*'
        }

        It 'lists a directory' {
            $fd = (Invoke-WasmSyscall openat AT_FDCWD, /etc, O_DIRECTORY).ReturnValue
            $names = (Invoke-WasmSyscall getdents64 $fd).Output.dirp.d_name
            $names | Should -Contain passwd
            $names | Should -Contain ..
        }

        It 'takes <Form> for the one structure of a call' -ForEach @(
            @{ Form = 'a hashtable'; Time = @{ tv_sec = 0; tv_nsec = 5 } }
            @{ Form = 'an ordered one'; Time = [ordered]@{ tv_sec = 0; tv_nsec = 5 } }
            @{ Form = 'an object'; Time = [pscustomobject]@{ tv_sec = 0; tv_nsec = 5 } }
            @{ Form = 'one that says its type'; Time = @{ _type = 'timespec'; tv_nsec = 5 } }
        ) {
            (Invoke-WasmSyscall nanosleep $Time).ReturnValue | Should -Be 0
            (Invoke-WasmSyscall nanosleep $Time, 0).ReturnValue | Should -Be 0
        }

        It 'gives both descriptors of a pair of sockets' {
            $pair = (Invoke-WasmSyscall socketpair AF_UNIX, SOCK_STREAM, 0).Output.sv
            $pair.Count | Should -Be 2
            $pair | ForEach-Object { Close-WasmFd $_ }
        }

        It 'writes a structure from a hashtable' {
            Invoke-WasmSyscall openat AT_FDCWD, /tmp/dated, 'O_CREAT|O_WRONLY', '0600' | Out-Null
            $times = @(@{ tv_sec = 1000; tv_nsec = 1 }, @{ tv_sec = 2000; tv_nsec = 2 })
            (Invoke-WasmSyscall -Name utimensat -Argument 'AT_FDCWD', '/tmp/dated', $times, 0).Errno | Should -BeNullOrEmpty
            $stat = (Invoke-WasmSyscall stat /tmp/dated).Output.statbuf
            $stat.st_atime | Should -Be 1000
            $stat.st_mtime | Should -Be 2000
            $stat.st_mtime_nsec | Should -Be 2
        }

        It 'writes and reads vectors' {
            $pipe = (Invoke-WasmSyscall pipe2).Output.pipefd
            $pipe.Count | Should -Be 2
            (Invoke-WasmSyscall -Name writev -Argument $pipe[1], @('ab', 'cde')).ReturnValue | Should -Be 5
            $read = Invoke-WasmSyscall -Name readv -Argument $pipe[0], @(2, 10)
            $read.ReturnValue | Should -Be 5
            [Text.Encoding]::ASCII.GetString($read.Output.'vec[0]') | Should -Be ab
            [Text.Encoding]::ASCII.GetString($read.Output.'vec[1]') | Should -Be cde
        }

        It 'passes null, a bad address and bytes as they are' {
            (Invoke-WasmSyscall -Name openat -Argument 'AT_FDCWD', $null, 0).Errno | Should -Be EFAULT
            (Invoke-WasmSyscall -Name stat -Argument '/etc', 'BADPTR').Errno | Should -Be EFAULT
            $pipe = (Invoke-WasmSyscall pipe2).Output.pipefd
            Invoke-WasmSyscall -Name write -Argument $pipe[1], ([byte[]](0, 255, 10)) | Out-Null
            (Invoke-WasmSyscall -Name read -Argument $pipe[0], 3).Output.buf | Should -Be @(0, 255, 10)
        }

        It 'uses the 32-bit table for calls that only it has' {
            (Invoke-WasmSyscall waitpid -1).Abi | Should -Be i386
            (Invoke-WasmSyscall waitpid -1).Errno | Should -Be ECHILD
        }

        It 'takes a number in place of the name' {
            (Invoke-WasmSyscall 39).Name | Should -Be getpid
            (Invoke-WasmSyscall 20 -Abi i386).Name | Should -Be getpid
        }

        It 'answers ENOSYS for what is not implemented' {
            $none = Get-WasmSyscall -Support None | Where-Object X64 | Select-Object -First 1
            (Invoke-WasmSyscall $none.Name 1, 'two', 3).Errno | Should -Be ENOSYS
        }

        It 'goes on in a new process where a call ended the old one' {
            $before = (Invoke-WasmSyscall getpid).ReturnValue
            $exit = Invoke-WasmSyscall exit_group 3
            $exit.ReturnValue | Should -BeNullOrEmpty
            $exit.Message | Should -BeLike '*exited with 3*'
            (Invoke-WasmSyscall getpid).ReturnValue | Should -Not -Be $before
        }

        It 'warns of a mode that was meant in octal' {
            Invoke-WasmSyscall openat AT_FDCWD, /tmp/warned, O_CREAT, 644 -WarningVariable warning -WarningAction SilentlyContinue | Out-Null
            $warning | Should -BeLike "*'0644'*"
        }

        It 'refuses <Because>, naming what was expected' -ForEach @(
            @{ Because = 'a call without what it is about'; Name = 'close'; Argument = @(); Id = 'InvalidArgument,*'; Message = '*close: fd is missing; the call takes fd*' }
            @{ Because = 'a number that is left out'; Name = 'lseek'; Argument = @(0, 0); Id = 'InvalidArgument,*'; Message = '*lseek: whence is missing; the call takes fd, offset, whence*' }
            @{ Because = 'a signal that is left out'; Name = 'kill'; Argument = @(1); Id = 'InvalidArgument,*'; Message = '*kill: sig is missing*' }
            @{ Because = 'a mode that would be 0'; Name = 'mkdir'; Argument = @('/tmp/dir'); Id = 'InvalidArgument,*'; Message = '*mkdir: mode is missing*' }
            @{ Because = 'a path that is left out'; Name = 'rename'; Argument = @('/a'); Id = 'InvalidArgument,*'; Message = '*newpath is missing*' }
            @{ Because = 'a call that Linux does not have'; Name = 'nosuchcall'; Argument = @(); Id = 'SyscallNotFound,*'; Message = '*nosuchcall*' }
            @{ Because = 'too many arguments'; Name = 'close'; Argument = 1, 2; Id = 'InvalidArgument,*'; Message = '*close takes 1 arguments (fd), not 2*' }
            @{ Because = 'an unknown constant'; Name = 'open'; Argument = '/x', 'O_NOSUCH'; Id = 'InvalidArgument,*'; Message = "*open: flags: 'O_NOSUCH' is no constant*" }
            @{ Because = 'a number that is too wide'; Name = 'close'; Argument = @(0x1ffffffff); Id = 'InvalidArgument,*'; Message = '*close: fd: *32 bits*' }
            @{ Because = 'an unknown field'; Name = 'utimensat'; Argument = 'AT_FDCWD', '/x', @(@{ tv_nosuch = 1 }, @{}), 0; Id = 'InvalidArgument,*'; Message = '*no field*tv_nosuch*tv_sec*' }
            @{ Because = 'a buffer beyond the memory'; Name = 'read'; Argument = 0, 1GB; Id = 'InvalidArgument,*'; Message = '*read: buf: *' }
        ) {
            $problem = { Invoke-WasmSyscall -Name $Name -Argument $Argument } | Should -Throw -ErrorId $Id -PassThru
            $problem.Exception.Message | Should -BeLike $Message
        }

        It 'stops at Ctrl-C though the call sleeps, and leaves the process usable' {
            $pipe = (Invoke-WasmSyscall pipe2).Output.pipefd
            $session = [powershell]::Create()
            $session.AddScript("Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'").Invoke()
            $session.Commands.Clear()
            $waiting = $session.AddCommand('Invoke-WasmSyscall').AddParameter('Name', 'read').AddParameter('Argument', @($pipe[0], 1)).AddParameter('Kernel', $kernel).BeginInvoke()
            $waiting.IsCompleted | Should -BeFalse
            $session.Stop()
            $waiting.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            $session.Dispose()
            (Invoke-WasmSyscall -Name write -Argument $pipe[1], 'x').ReturnValue | Should -Be 1
            (Invoke-WasmSyscall -Name read -Argument $pipe[0], 1).Text | Should -Be x
        }

        It 'says which process is not there' {
            Invoke-WasmSyscall getpid -ProcessId 31999 -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'ESRCH,*'
        }

        It 'makes the call as another process' {
            $other = Get-WasmFd -ProcessId 1 | Measure-Object
            $result = Invoke-WasmSyscall openat AT_FDCWD, /etc/passwd, O_RDONLY -ProcessId 1
            $result.ProcessId | Should -Be 1
            (Get-WasmFd -ProcessId 1).Count | Should -Be ($other.Count + 1)
            (Invoke-WasmSyscall getpid -ProcessId 1).ReturnValue | Should -Be 1
        }
    }

    Context 'The table of structures' {
        It 'names parameters that the calls have' {
            $rows = Get-Content "$PSScriptRoot/../../src/LinuxWasm.PowerShell/Calls/types.tsv" | Where-Object { $_ -and $_[0] -ne '#' }
            $wrong = foreach ($row in $rows) {
                $calls, $parameter, $null = $row -split "`t"
                foreach ($name in $calls -split ' ') {
                    $call = Get-WasmSyscall $name
                    if ($call.Support -ne 'None' -and $call.Parameters.Name -notcontains $parameter) { "$name has no $parameter, but $($call.Parameters.Name)" }
                }
            }
            $wrong | Should -BeNullOrEmpty
        }
    }

    Context 'Get-WasmSyscall' {
        It 'knows the number in each table' {
            $call = Get-WasmSyscall openat
            $call.I386, $call.X64, $call.Generic | Should -Be 295, 257, 56
            $call.Support | Should -Not -Be None
            $call.Parameters.Name | Should -Be dirfd, pathname, flags, mode
            $call.ManPage | Should -Be 'open(2)'
        }

        It 'finds a number in the table that is asked for' {
            (Get-WasmSyscall -Number 5 -Abi i386).Name | Should -Be open
            (Get-WasmSyscall -Number 5).Name | Should -Be fstat
        }

        It 'has every call of all tables' {
            (Get-WasmSyscall).Count | Should -BeGreaterThan 450
            (Get-WasmSyscall -Support None).Count + (Get-WasmSyscall -Support Partial, Full).Count | Should -Be (Get-WasmSyscall).Count
        }

        It 'says which name is none' {
            Get-WasmSyscall nosuch -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'SyscallNotFound,*'
        }
    }
}
