BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    Start-WasmKernel -Name completing | Out-Null
    Start-WasmProcess "$PSScriptRoot/../guests/bin/host/loop.wasm" | Out-Null
    Invoke-WasmSyscall openat AT_FDCWD, /etc/passwd, O_RDONLY | Out-Null

    function Complete([string] $line) {
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText
    }
}

AfterAll {
    Get-WasmKernel | Stop-WasmKernel
}

Describe 'Completion' {
    It 'knows <What>' -ForEach @(
        @{ What = 'names of calls'; Line = 'Invoke-WasmSyscall opena'; Expected = 'openat' }
        @{ What = 'constants'; Line = 'Invoke-WasmSyscall openat AT_FD'; Expected = 'AT_FDCWD' }
        @{ What = 'the flag that is being typed'; Line = "Invoke-WasmSyscall openat AT_FDCWD /tmp/x 'O_RDWR|O_CREA"; Expected = "'O_RDWR|O_CREAT'" }
        @{ What = 'descriptors in calls'; Line = 'Invoke-WasmSyscall read '; Expected = '3' }
        @{ What = 'paths in calls'; Line = 'Invoke-WasmSyscall openat AT_FDCWD, /etc/pas'; Expected = '/etc/passwd' }
        @{ What = 'flags where they stand'; Line = 'Invoke-WasmSyscall openat AT_FDCWD, /etc/passwd, '; Expected = 'O_RDWR' }
        @{ What = 'signals in calls'; Line = 'Invoke-WasmSyscall kill 4, '; Expected = 'SIGTERM' }
        @{ What = 'constants of a parameter'; Line = 'Invoke-WasmSyscall lseek 3, 0, '; Expected = 'SEEK_END' }
        @{ What = 'signals without SIG'; Line = 'Stop-WasmProcess 4 -Signal TER'; Expected = 'SIGTERM' }
        @{ What = 'programs of the guest'; Line = 'Invoke-WasmProgram /etc/pas'; Expected = '/etc/passwd' }
        @{ What = 'arguments of programs'; Line = 'Invoke-WasmProgram x /etc/pas'; Expected = '/etc/passwd' }
        @{ What = 'options of mounts'; Line = 'Mount-WasmVfs -Type tmpfs -Target /x -Option si'; Expected = 'size=' }
        @{ What = 'tags of cases'; Line = 'Get-WasmConformanceCase -Tag pip'; Expected = 'pipe' }
        @{ What = 'descriptors'; Line = 'Close-WasmFd '; Expected = '3' }
        @{ What = 'processes'; Line = 'Get-WasmFd -ProcessId '; Expected = '1' }
        @{ What = 'names of programs'; Line = 'Stop-WasmProcess lo'; Expected = 'loop.wasm' }
        @{ What = 'signals'; Line = 'Stop-WasmProcess 4 -Signal SIGU'; Expected = 'SIGUSR1' }
        @{ What = 'kernels'; Line = 'Stop-WasmKernel '; Expected = 'completing' }
        @{ What = 'kinds of file system'; Line = 'Mount-WasmVfs -Type tm'; Expected = 'tmpfs' }
        @{ What = 'places of mounts'; Line = 'Dismount-WasmVfs /d'; Expected = '/dev' }
        @{ What = 'paths of the guest'; Line = 'Invoke-WasmProgram x -WorkingDirectory /et'; Expected = '/etc/' }
        @{ What = 'paths of the drive'; Line = 'Get-Content wasm:/etc/pas'; Expected = 'wasm:/etc/passwd' }
        @{ What = 'where an archive goes'; Line = 'Import-WasmRootFs x -Destination /ho'; Expected = '/home/' }
        @{ What = 'cases'; Line = 'Get-WasmConformanceCase getcwd/p'; Expected = 'getcwd/path' }
        @{ What = 'clocks'; Line = 'Start-WasmKernel -Clock V'; Expected = 'Virtual' }
    ) {
        Complete $Line | Should -Contain $Expected
    }

    It 'offers nothing that does not fit: <_>' -ForEach 'Invoke-WasmSyscall read ', 'Invoke-WasmSyscall openat AT_FDCWD, /etc/passwd, ', 'Stop-WasmProcess ', 'Stop-WasmProcess lo' {
        $offered = Complete $_
        $offered | Should -Not -Contain ''
        $offered | Should -Not -Contain AAFS_MAGIC
        $offered | Should -Not -Contain SEEK_SET
        $offered | Should -Not -Contain host
        $offered | Should -Not -Contain ./.git
    }
}
