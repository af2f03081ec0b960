BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    $bin = Resolve-Path "$PSScriptRoot/../guests/bin/host"
    Start-WasmKernel | Out-Null
}

AfterAll {
    Get-WasmKernel | Stop-WasmKernel
}

Describe 'Processes' {
    AfterEach {
        Get-WasmProcess loop* | Stop-WasmProcess -Force -PassThru | Wait-WasmProcess -TimeoutSeconds 60
    }

    It 'go on by themselves, with their files on the host' {
        'from a file' | Set-Content TestDrive:/in
        $process = Start-WasmProcess $bin/cat.wasm -RedirectStandardInput TestDrive:/in -RedirectStandardOutput TestDrive:/out
        $process | Wait-WasmProcess
        $process.State | Should -Be Ended
        $process.ExitStatus | Should -Be 0
        $process.Signal | Should -BeNullOrEmpty
        Get-Content TestDrive:/out | Should -Be 'from a file'
    }

    It 'keep their exit status' {
        (Start-WasmProcess $bin/exits.wasm 7 | Wait-WasmProcess -PassThru).ExitStatus | Should -Be 7
    }

    It 'are listed by name and number while they live' {
        $process = Start-WasmProcess $bin/loop.wasm
        (Get-WasmProcess loop.wasm).ProcessId | Should -Be $process.ProcessId
        (Get-WasmProcess -ProcessId $process.ProcessId).Name | Should -Be loop.wasm
        (Get-WasmProcess).ProcessId | Should -Contain $process.ProcessId
        $process | Get-WasmFd | ForEach-Object Fd | Should -Be 0, 1, 2
        $process | Stop-WasmProcess -Force
        $process | Wait-WasmProcess
        Get-WasmProcess -ProcessId $process.ProcessId -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ESRCH,*'
    }

    It 'are stopped and waited for by number, by name, and all of them' {
        $first, $second, $third = 1..3 | ForEach-Object { Start-WasmProcess $bin/loop.wasm }
        Stop-WasmProcess $first.ProcessId
        Wait-WasmProcess $first -TimeoutSeconds 60
        $first.Signal | Should -Be SIGTERM
        Stop-WasmProcess loop.w* -Force
        Wait-WasmProcess -Process $second, $third -TimeoutSeconds 60
        $third.Signal | Should -Be SIGKILL
        Wait-WasmProcess $third.ProcessId -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ESRCH,*'
        Stop-WasmProcess nosuch -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
    }

    It 'of the host itself are passed over, and refused where they are named' {
        $process = Start-WasmProcess $bin/loop.wasm
        Get-WasmProcess | Stop-WasmProcess -PassThru | Wait-WasmProcess -TimeoutSeconds 60
        $process.State | Should -Be Ended
        (Get-WasmProcess).Name | Sort-Object -Unique | Should -Be host
        Stop-WasmProcess 1 -Force -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'HostProcess,*'
        Invoke-WasmProgram $bin/hello.wasm | Should -Be 'hello, world'
    }

    It 'that a program has made are waited for, too' {
        $parent = Start-WasmProcess $bin/forks.wasm
        Get-WasmProcess forks* | Wait-WasmProcess -TimeoutSeconds 60
        $parent | Wait-WasmProcess -TimeoutSeconds 60
        $parent.State | Should -Be Ended
    }

    It 'get the signal that is asked for: <Text>' -ForEach @(
        @{ Text = 'SIGTERM'; Signal = 'SIGTERM' }
        @{ Text = 'int'; Signal = 'SIGINT' }
        @{ Text = '9'; Signal = 'SIGKILL' }
    ) {
        $process = Start-WasmProcess $bin/loop.wasm
        $process | Stop-WasmProcess -Signal $Text
        $process | Wait-WasmProcess
        $process.Signal | Should -Be $Signal
    }

    It 'can be stopped and go on' {
        $process = Start-WasmProcess $bin/loop.wasm
        $process | Stop-WasmProcess -Signal SIGSTOP
        $process | Wait-WasmProcess -TimeoutSeconds 0.2 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
        $process | Stop-WasmProcess -Signal SIGCONT
        $process | Stop-WasmProcess -Signal SIGTERM -PassThru | Wait-WasmProcess
        $process.Signal | Should -Be SIGTERM
    }

    It 'make calls for the session: their descriptors are seen and changed' {
        $process = Start-WasmProcess $bin/loop.wasm
        $result = $process | Invoke-WasmSyscall openat AT_FDCWD, /etc/passwd, O_RDONLY
        $result.ProcessId | Should -Be $process.ProcessId
        (Invoke-WasmSyscall getpid -ProcessId $process).ReturnValue | Should -Be $process.ProcessId
        ($process | Get-WasmFd -Fd $result.ReturnValue).Path | Should -Be /etc/passwd
        $process | Get-WasmFd | Where-Object Fd -GT 2 | Close-WasmFd
        ($process | Get-WasmFd).Fd | Should -Be 0, 1, 2
    }

    It 'are traced, as objects and as strace writes it, and go on afterwards' {
        $process = Start-WasmProcess $bin/cat.wasm /dev/zero
        try {
            $records = $process | Trace-WasmSyscall -Name read | Select-Object -First 3
            $records.Count | Should -Be 3
            $records[0].Name | Should -Be read
            $records[0].ReturnValue | Should -BeGreaterThan 0
            $records[0].Errno | Should -BeNullOrEmpty
            $records[0].ProcessId | Should -Be $process.ProcessId
            $process | Trace-WasmSyscall -Name write -AsText | Select-Object -First 1 | Should -Match '^write\(1, ".*"\.\.\., \d+\) += \d+$'
            $process.State | Should -Not -Be Ended
        }
        finally {
            $process | Stop-WasmProcess -Force -PassThru | Wait-WasmProcess
        }
    }

    It 'are traced until they end' {
        $process = Start-WasmProcess $bin/cat.wasm /dev/zero
        $process | Trace-WasmSyscall | ForEach-Object { $process | Stop-WasmProcess } | Out-Null
        $process | Wait-WasmProcess
        $process.Signal | Should -Be SIGTERM
    }

    It 'are left alone when the waiting is stopped' {
        $process = Start-WasmProcess $bin/loop.wasm
        $session = [powershell]::Create()
        $session.AddScript("Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'").Invoke()
        $session.Commands.Clear()
        $waiting = $session.AddCommand('Wait-WasmProcess').AddParameter('Process', $process).BeginInvoke()
        $session.Stop()
        $waiting.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        $session.Dispose()
        $process.State | Should -Not -Be Ended
    }

    It 'are refused with what was wrong' {
        { Start-WasmProcess /nosuch.wasm } | Should -Throw -ErrorId 'ProgramRefused,*'
        { Start-WasmProcess $bin/cat.wasm -RedirectStandardInput ./nosuch } | Should -Throw -ErrorId 'FileUnusable,*'
        { Stop-WasmProcess -ProcessId 1 -Signal SIGNONE } | Should -Throw -ErrorId 'InvalidSignal,*'
        Stop-WasmProcess -ProcessId 31999 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ESRCH,*'
    }
}
