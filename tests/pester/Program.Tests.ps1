BeforeDiscovery {
    $abis = 'host', 'wali'
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    $guests = Resolve-Path "$PSScriptRoot/../guests/bin"
    Start-WasmKernel | Out-Null
}

AfterAll {
    Get-WasmKernel | Stop-WasmKernel
}

Describe 'Enter-WasmShell without a terminal' {
    It 'says what it needs, and what does without' {
        $answer = 'no terminal' | pwsh -NoProfile -Command "Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'; Start-WasmKernel | Out-Null; try { Enter-WasmShell '$PSScriptRoot/../guests/bin/host/cat.wasm' } catch { `$_.FullyQualifiedErrorId; `$_.Exception.Message }"
        $answer[0] | Should -BeLike 'NoTerminal,*'
        $answer[1] | Should -BeLike '*Invoke-WasmProgram*'
    }
}

Describe 'Invoke-WasmProgram with a program of <_>' -ForEach $abis {
    BeforeAll {
        $bin = "$guests/$_"
    }

    It 'gives its output as lines and its exit status' {
        Invoke-WasmProgram $bin/hello.wasm | Should -Be 'hello, world'
        $global:LASTEXITCODE | Should -Be 0
        Invoke-WasmProgram $bin/exits.wasm 7 | Out-Null
        $global:LASTEXITCODE | Should -Be 7
    }

    It 'emulates casts of function pointers where it is asked to' {
        Invoke-WasmProgram $bin/casts.wasm -EmulateFunctionPointerCasts | Should -Contain '3: 123'
        $global:LASTEXITCODE | Should -Be 0
        Invoke-WasmProgram $bin/casts.wasm -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $global:LASTEXITCODE | Should -Be 132
    }

    It 'hands over arguments and environment' {
        $lines = Invoke-WasmProgram $bin/args.wasm one 'two words' '' -Environment @{ HOME = '/root' }
        $lines | Should -Contain 'argv[2] = "two words"'
        $lines | Should -Contain '3 arguments'
        $lines | Should -Contain 'environment: HOME=/root'
    }

    It 'reads what is piped in: lines, bytes, and much of it' {
        'b', 'a' | Invoke-WasmProgram $bin/cat.wasm | Should -Be b, a
        [byte[]](65, 10, 66) | Invoke-WasmProgram $bin/cat.wasm | Should -Be A, B
        $many = 1..20000 | ForEach-Object { "line $_ of the input" }
        $out = $many | Invoke-WasmProgram $bin/cat.wasm
        $out.Count | Should -Be 20000
        $out[-1] | Should -Be 'line 20000 of the input'
    }

    It 'reads the end of the file where nothing is piped in' {
        Invoke-WasmProgram $bin/cat.wasm | Should -BeNullOrEmpty
    }

    It 'keeps bytes as they are with -AsByteStream' {
        $bytes = [byte[]](0, 255, 13, 10, 128)
        [byte[]]($bytes | Invoke-WasmProgram $bin/cat.wasm -AsByteStream) | Should -Be $bytes
        Invoke-WasmProgram $bin/hello.wasm -Raw | Should -Be "hello, world`n"
    }

    It 'sends standard error where it was asked to' {
        Invoke-WasmProgram $bin/cat.wasm /nonexistent -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem.FullyQualifiedErrorId | Should -BeLike 'StandardError,*'
        "$problem" | Should -BeLike '*No such file or directory*'
        $global:LASTEXITCODE | Should -Be 1
        Invoke-WasmProgram $bin/cat.wasm /nonexistent -StandardError Output | Should -BeLike '*No such file or directory*'
        Invoke-WasmProgram $bin/cat.wasm /nonexistent -StandardError Information -InformationVariable told | Should -BeNullOrEmpty
        "$told" | Should -BeLike '*No such file or directory*'
        Invoke-WasmProgram $bin/cat.wasm /nonexistent -StandardError Ignore -ErrorVariable none | Should -BeNullOrEmpty
        $none | Should -BeNullOrEmpty
    }

    It 'says what ended a program that a signal ended' {
        Invoke-WasmProgram $bin/trap.wasm -ErrorVariable problem -ErrorAction SilentlyContinue | Out-Null
        $global:LASTEXITCODE | Should -Be 132
        $problem.FullyQualifiedErrorId | Should -BeLike 'SIGILL,*'
    }

    It 'ends what runs too long' {
        Invoke-WasmProgram $bin/loop.wasm -TimeoutSeconds 0.2 -ErrorVariable problem -ErrorAction SilentlyContinue | Out-Null
        $global:LASTEXITCODE | Should -Be 124
        $problem.FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
    }

    It 'ends at Ctrl-C, and the kernel can be used on' {
        $session = [powershell]::Create()
        $session.AddScript("Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'").Invoke()
        $session.Commands.Clear()
        $running = $session.AddCommand('Invoke-WasmProgram').AddParameter('LiteralPath', "$bin/loop.wasm").AddParameter('Kernel', (Get-WasmKernel -Current)).BeginInvoke()
        $session.Stop()
        $running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        $session.Dispose()
        Invoke-WasmProgram $bin/hello.wasm | Should -Be 'hello, world'
    }

    It 'ends a program whose output nobody takes any more' {
        Invoke-WasmProgram $bin/hello.wasm | Select-Object -First 1 | Should -Be 'hello, world'
        $pids = { Invoke-WasmSyscall kill 2147483647, 0 }
        & $pids | Out-Null
        Invoke-WasmProgram $bin/hello.wasm | Should -Be 'hello, world'
    }

    It 'writes a trace as strace does' {
        Invoke-WasmProgram $bin/hello.wasm -TracePath TestDrive:/trace | Out-Null
        $trace = Get-Content TestDrive:/trace
        $trace | Should -Contain '+++ exited with 0 +++'
        $trace -match 'hello, world' | Should -Not -BeNullOrEmpty
    }
}

Describe 'Invoke-WasmProgram' {
    It 'finds programs relative to the current location' {
        Push-Location $guests/host
        try { Invoke-WasmProgram ./hello.wasm | Should -Be 'hello, world' }
        finally { Pop-Location }
    }

    It 'takes a path of the guest before one of the host' {
        Mount-WasmVfs -LiteralPath $guests/host -Target /programs -ReadOnly
        Invoke-WasmProgram /programs/hello.wasm | Should -Be 'hello, world'
        Dismount-WasmVfs /programs
    }

    It 'takes -LiteralPath as it is, and wildcards for one file only' {
        Copy-Item $guests/host/hello.wasm -Destination TestDrive:/
        Rename-Item TestDrive:/hello.wasm 'a[1].wasm'
        Invoke-WasmProgram -LiteralPath 'TestDrive:/a[1].wasm' | Should -Be 'hello, world'
        Invoke-WasmProgram "$guests/host/hell?.wasm" | Should -Be 'hello, world'
        { Invoke-WasmProgram "$guests/host/*.wasm" } | Should -Throw -ErrorId 'AmbiguousPath,*'
    }

    It 'hands options over behind --, in quotes and with -ArgumentList' {
        $program = "$guests/host/args.wasm"
        Invoke-WasmProgram $program -- -l -r x | Should -Contain 'argv[2] = "-r"'
        Invoke-WasmProgram $program '-l' x | Should -Contain 'argv[1] = "-l"'
        Invoke-WasmProgram $program -ArgumentList '-l', 'x' | Should -Contain 'argv[1] = "-l"'
        Invoke-WasmProgram $program -la --all | Should -Contain 'argv[2] = "--all"'
    }

    It 'takes <_> for no parameter of its own, and says what to write' -ForEach '-l', '-r', '-a', '-v', '-e', '-z' {
        $option = $_
        $problem = { Invoke-Expression "Invoke-WasmProgram '$guests/host/args.wasm' $option /etc" } | Should -Throw -ErrorId 'OptionOfProgram,*' -PassThru
        $problem.Exception.Message | Should -BeLike "*PROGRAM -- $option"
    }

    It 'names all options that it refuses' {
        $problem = { Invoke-WasmProgram $guests/host/args.wasm -l -a } | Should -Throw -ErrorId 'OptionOfProgram,*' -PassThru
        $problem.Exception.Message | Should -BeLike '-l, -a:*'
    }

    It 'runs a script of the guest with its interpreter' {
        Mount-WasmVfs -LiteralPath $guests/host -Target /bin -ReadOnly
        Mount-WasmVfs -Type tmpfs -Target /scripts
        $fd = (Invoke-WasmSyscall openat AT_FDCWD, /scripts/run, 'O_WRONLY|O_CREAT', '0755').ReturnValue
        Invoke-WasmSyscall write $fd, "#!/bin/args.wasm one`n" | Out-Null
        Close-WasmFd $fd
        $lines = Invoke-WasmProgram /scripts/run two
        $lines | Should -Contain 'argv[1] = "one"'
        $lines | Should -Contain 'argv[2] = "/scripts/run"'
        $lines | Should -Contain 'argv[3] = "two"'
        Dismount-WasmVfs /scripts
        Dismount-WasmVfs /bin
    }

    It 'names the parameter whose file can not be used' {
        $problem = { Invoke-WasmProgram $guests/host/hello.wasm -TracePath /nosuch/trace } | Should -Throw -ErrorId 'FileUnusable,*' -PassThru
        $problem.Exception.Message | Should -BeLike '-TracePath /nosuch/trace:*'
        $problem = { Start-WasmProcess $guests/host/hello.wasm -RedirectStandardInput /nosuch } | Should -Throw -ErrorId 'FileUnusable,*' -PassThru
        $problem.Exception.Message | Should -BeLike '-RedirectStandardInput /nosuch: no such file*'
    }

    It 'refuses <Because>, naming it' -ForEach @(
        @{ Because = 'a file that is not there'; Path = '/nosuch.wasm'; Message = '*/nosuch.wasm*no such file*' }
        @{ Because = 'a directory'; Path = '/etc'; Message = '*/etc*directory*' }
        @{ Because = 'what is no module'; Path = '/etc/passwd'; Message = '*/etc/passwd*not a valid WebAssembly module*' }
    ) {
        $problem = { Invoke-WasmProgram $Path } | Should -Throw -ErrorId 'ProgramRefused,*' -PassThru
        $problem.Exception.Message | Should -BeLike $Message
        $global:LASTEXITCODE | Should -Be 127
    }

    It 'refuses an environment without names' {
        { Invoke-WasmProgram $guests/host/hello.wasm -Environment @{ 'A=B' = 1 } } | Should -Throw -ErrorId 'InvalidEnvironment,*'
    }

    It 'starts in the directory and as the user that were asked for' {
        Invoke-WasmSyscall mkdir /home/user, '0700' | Out-Null
        $lines = Invoke-WasmProgram $guests/host/ls.wasm '.' -WorkingDirectory /etc
        $lines | Should -Contain passwd
        Invoke-WasmProgram $guests/host/ls.wasm /home/user -UserId 1000 -GroupId 1000 -ErrorVariable problem -ErrorAction SilentlyContinue | Out-Null
        "$problem" | Should -BeLike '*Permission denied*'
    }
}
