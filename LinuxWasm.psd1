@{
    NestedModules        = @('module/bin/LinuxWasm.PowerShell.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = 'b7a6c1de-55f0-4f4e-9d0b-6c0f1e2a83d5'
    Author               = 'The LinuxWasm authors'
    Copyright            = '(c) The LinuxWasm authors. MIT licence.'
    Description          = 'A Linux kernel in your session: runs WebAssembly programs, makes system calls, mounts file systems and checks conformance.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')

    CmdletsToExport      = @(
        'Close-WasmFd'
        'ConvertFrom-Strace'
        'Dismount-WasmVfs'
        'Enter-WasmShell'
        'Export-WasmRootFs'
        'Get-WasmConformanceCase'
        'Get-WasmFd'
        'Get-WasmKernel'
        'Get-WasmMount'
        'Get-WasmProcess'
        'Get-WasmSyscall'
        'Import-WasmRootFs'
        'Invoke-WasmConformance'
        'Invoke-WasmProgram'
        'Invoke-WasmSyscall'
        'Mount-WasmVfs'
        'Start-WasmKernel'
        'Start-WasmProcess'
        'Stop-WasmKernel'
        'Stop-WasmProcess'
        'Trace-WasmSyscall'
        'Wait-WasmProcess'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()

    FormatsToProcess     = @('module/LinuxWasm.Format.ps1xml')

    PrivateData          = @{
        PSData = @{
            Tags       = @('Linux', 'WebAssembly', 'wasm', 'syscall', 'conformance', 'sandbox')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
