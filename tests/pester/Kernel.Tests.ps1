BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
}

Describe 'Kernels' {
    AfterEach {
        Get-WasmKernel | Stop-WasmKernel
    }

    Context 'Start-WasmKernel' {
        It 'starts a kernel that becomes the current one' {
            $first = Start-WasmKernel -Name first
            $second = Start-WasmKernel -Name second
            $first.State | Should -Be Running
            $second.IsCurrent | Should -BeTrue
            $first.IsCurrent | Should -BeFalse
            (Get-WasmKernel -Current).Name | Should -Be second
        }

        It 'gives no two kernels one name' {
            $first = Start-WasmKernel -Name twice
            { Start-WasmKernel -Name Twice } | Should -Throw -ErrorId 'KernelExists,*' -ExpectedMessage "*'Twice' runs already*"
            (Get-WasmKernel twice).Id | Should -Be $first.Id
            $first | Stop-WasmKernel
            Start-WasmKernel -Name twice | Stop-WasmKernel
        }

        It 'gives programs the host name that was asked for' {
            $kernel = Start-WasmKernel -HostName builder
            $kernel.HostName | Should -Be builder
            (Invoke-WasmSyscall uname).Output.buf.nodename | Should -Be builder
        }

        It 'repeats itself with a virtual clock and a seed' {
            $bytes = 1..2 | ForEach-Object {
                $kernel = Start-WasmKernel -Clock Virtual -Seed 7
                $kernel.Clock | Should -Be Virtual
                , (Invoke-WasmSyscall getrandom 16).Output.buf
            }
            $bytes[0] | Should -Be $bytes[1]
            ($bytes[0] | Measure-Object -Sum).Sum | Should -BeGreaterThan 0
        }

        It 'starts with an empty tree where that is asked for' {
            Start-WasmKernel -EmptyRoot | Out-Null
            (Invoke-WasmSyscall access /etc/passwd).Errno | Should -Be ENOENT
        }

        It 'holds a tmpfs to its limit' {
            Start-WasmKernel -FileSystemLimit 64KB | Out-Null
            $fd = (Invoke-WasmSyscall openat AT_FDCWD, /tmp/big, 'O_WRONLY|O_CREAT', '0600').ReturnValue
            $written = Invoke-WasmSyscall write $fd, ([byte[]]::new(128KB))
            ($written.Errno -eq 'ENOSPC' -or $written.ReturnValue -lt 128KB) | Should -BeTrue
        }

        It 'mounts what is asked for, host folders relative to the current location' {
            $folder = New-Item -ItemType Directory TestDrive:/shared
            'hello' | Set-Content "$folder/note"
            Push-Location $folder/..
            try { Start-WasmKernel -Mount 'host:./shared:/shared:ro', 'tmpfs:none:/scratch' | Out-Null }
            finally { Pop-Location }
            (Get-WasmMount /shared).ReadOnly | Should -BeTrue
            (Invoke-WasmSyscall access /shared/note).Errno | Should -BeNullOrEmpty
            (Get-WasmMount /scratch).Type | Should -Be tmpfs
        }

        It 'refuses what makes no sense, and leaves no kernel behind: <Because>' -ForEach @(
            @{ Because = 'a mount of another form'; Arguments = @{ Mount = 'nonsense' }; Id = 'InvalidMount*' }
            @{ Because = 'an unknown file system'; Arguments = @{ Mount = 'nosuchfs::/x' }; Id = 'ENODEV*' }
            @{ Because = 'too little memory'; Arguments = @{ MemoryLimit = 1 }; Id = 'ParameterArgumentValidationError*' }
        ) {
            { Start-WasmKernel @Arguments -ErrorAction Stop } | Should -Throw -ErrorId $Id
            Get-WasmKernel | Should -BeNullOrEmpty
        }

        It 'does nothing with -WhatIf' {
            Start-WasmKernel -WhatIf | Should -BeNullOrEmpty
            Get-WasmKernel | Should -BeNullOrEmpty
        }
    }

    Context 'Get-WasmKernel' {
        BeforeEach {
            'one', 'two' | ForEach-Object { Start-WasmKernel -Name $_ } | Out-Null
        }

        It 'finds by name, by wildcard and by id' {
            (Get-WasmKernel one).Name | Should -Be one
            (Get-WasmKernel t*).Name | Should -Be two
            (Get-WasmKernel -Id (Get-WasmKernel one).Id).Name | Should -Be one
            (Get-WasmKernel).Count | Should -Be 2
        }

        It 'says what is not there, and goes on' {
            $found = Get-WasmKernel three, one -ErrorVariable missing -ErrorAction SilentlyContinue
            $found.Name | Should -Be one
            $missing.FullyQualifiedErrorId | Should -BeLike 'KernelNotFound,*'
            $missing.TargetObject | Should -Be three
        }
    }

    Context 'Stop-WasmKernel' {
        It 'stops the current kernel, and the one before is current again' {
            Start-WasmKernel -Name one | Out-Null
            $two = Start-WasmKernel -Name two
            Stop-WasmKernel
            $two.State | Should -Be Stopped
            (Get-WasmKernel -Current).Name | Should -Be one
        }

        It 'takes kernels as objects, ids, names and from the pipeline' {
            $kernels = 1..4 | ForEach-Object { Start-WasmKernel -Name "k$_" }
            Stop-WasmKernel $kernels[0]
            Stop-WasmKernel $kernels[1].Id
            Stop-WasmKernel k3
            $kernels[3] | Stop-WasmKernel
            $kernels.State | Should -Be @('Stopped', 'Stopped', 'Stopped', 'Stopped')
        }

        It 'wakes commands that wait for something in the kernel' {
            $kernel = Start-WasmKernel
            $session = [powershell]::Create()
            $session.AddScript("Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'").Invoke()
            $session.Commands.Clear()
            $waiting = $session.AddCommand('Invoke-WasmSyscall').AddParameter('Name', 'pause').AddParameter('Kernel', $kernel).BeginInvoke()
            $waiting.IsCompleted | Should -BeFalse
            Stop-WasmKernel $kernel
            $waiting.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            $session.Dispose()
        }
    }

    Context 'Commands on a kernel' {
        It 'say how to start one where none runs' {
            $problem = { Invoke-WasmSyscall getpid } | Should -Throw -ErrorId 'NoKernel,*' -PassThru
            $problem.Exception.Message | Should -BeLike '*Start-WasmKernel*'
        }

        It 'refuse one that was stopped' {
            $kernel = Start-WasmKernel
            Stop-WasmKernel
            { Get-WasmMount -Kernel $kernel } | Should -Throw -ErrorId 'KernelStopped,*'
        }

        It 'refuse a name that no kernel has' {
            Start-WasmKernel | Out-Null
            { Get-WasmMount -Kernel nosuch } | Should -Throw "*No kernel 'nosuch' runs*"
        }

        It 'take the kernel that is piped in, whichever is current' {
            $first = Start-WasmKernel -HostName first
            Start-WasmKernel -HostName second | Out-Null
            ($first | Invoke-WasmSyscall uname).Output.buf.nodename | Should -Be first
            ($first | Get-WasmMount).Kernel.HostName | Select-Object -Unique | Should -Be first
        }
    }
}
