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
        @{ What = 'the flag that is being typed'; Line = "Invoke-WasmSyscall open -Argument 'O_RDWR|O_CREA"; Expected = "'O_RDWR|O_CREAT'" }
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
}
