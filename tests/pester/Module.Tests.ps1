BeforeAll {
    $manifest = "$PSScriptRoot/../../LinuxWasm.psd1"
    Import-Module $manifest -Force
}

Describe 'The module' {
    It 'has a manifest that PowerShell accepts' {
        (Test-ModuleManifest $manifest).Name | Should -Be LinuxWasm
    }

    It 'exports every cmdlet of the assembly by name, and nothing else' {
        $data = Import-PowerShellDataFile $manifest
        $data.CmdletsToExport + $data.FunctionsToExport + $data.AliasesToExport | Should -Not -Contain '*'
        $assembly = (Get-Command Get-WasmKernel).ImplementingType.Assembly
        $cmdlets = $assembly.GetTypes() |
            Where-Object { -not $_.IsAbstract -and [Management.Automation.Cmdlet].IsAssignableFrom($_) } |
            ForEach-Object { $_.GetCustomAttributes([Management.Automation.CmdletAttribute], $false) } |
            ForEach-Object { "$($_.VerbName)-$($_.NounName)" }
        (Get-Command -Module LinuxWasm).Name | Sort-Object | Should -Be ($cmdlets | Sort-Object)
        $data.CmdletsToExport | Sort-Object | Should -Be ($cmdlets | Sort-Object)
    }

    It 'uses approved verbs and the noun prefix Wasm' {
        foreach ($command in Get-Command -Module LinuxWasm) {
            (Get-Verb $command.Verb) | Should -Not -BeNullOrEmpty -Because $command.Name
            # What converts is named after what it reads, as ConvertFrom-Json is.
            $command.Noun | Should -BeLike ($command.Verb -eq 'ConvertFrom' ? 'Strace' : 'Wasm*')
        }
    }

    It 'keeps its dependencies in a load context of its own' {
        Get-WasmSyscall getpid | Out-Null
        Get-WasmConformanceCase -LiteralPath "$PSScriptRoot/../../conformance/cwd" | Out-Null
        $default = [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.ForEach{ $_.GetName().Name }
        $default | Should -Contain LinuxWasm.PowerShell
        $default | Should -Not -Contain LinuxWasm.Kernel
        $default | Should -Not -Contain YamlDotNet
        $own = [Runtime.Loader.AssemblyLoadContext]::All.Where{ $_.Name -eq 'LinuxWasm' }.Assemblies.ForEach{ $_.GetName().Name }
        $own | Should -Contain LinuxWasm.Kernel
        $own | Should -Contain YamlDotNet
    }

    It 'shows no type of a dependency in what is public' {
        $assembly = (Get-Command Get-WasmKernel).ImplementingType.Assembly
        $foreign = foreach ($type in $assembly.GetExportedTypes()) {
            foreach ($property in $type.GetProperties()) {
                if ($property.PropertyType.Assembly.GetName().Name -match '^(LinuxWasm\.(?!PowerShell)|YamlDotNet)') { "$type.$($property.Name)" }
            }
        }
        $foreign | Should -BeNullOrEmpty
    }

    It 'has a table and a list view for what its commands give' {
        [xml] $formats = Get-Content "$PSScriptRoot/../../module/LinuxWasm.Format.ps1xml"
        $views = $formats.Configuration.ViewDefinitions.View
        $types = (Get-Command -Module LinuxWasm).OutputType.Name | Where-Object { $_ -like 'LinuxWasm.*' } | Sort-Object -Unique
        $types | Should -Not -BeNullOrEmpty
        foreach ($type in $types) {
            $mine = $views | Where-Object { $_.ViewSelectedBy.TypeName -eq $type }
            $mine.TableControl | Should -Not -BeNullOrEmpty -Because "$type needs a table"
            $mine.ListControl | Should -Not -BeNullOrEmpty -Because "$type needs a list"
        }
    }

    It 'says what it changes before it does: <_>' -ForEach @(
        'Start-WasmKernel', 'Stop-WasmKernel', 'Start-WasmProcess', 'Stop-WasmProcess', 'Invoke-WasmProgram', 'Invoke-WasmSyscall', 'Close-WasmFd', 'Mount-WasmVfs', 'Dismount-WasmVfs',
        'Import-WasmRootFs', 'Export-WasmRootFs'
    ) {
        (Get-Command $_).Parameters.Keys | Should -Contain WhatIf
    }

    It 'stops its kernels when it is removed, and when the session ends' {
        $session = [powershell]::Create()
        $kernel = $session.AddScript("Import-Module '$manifest'; Start-WasmKernel").Invoke()[0]
        $kernel.State | Should -Be Running
        $session.Runspace.Close()
        $kernel.State | Should -Be Stopped
        $session.Dispose()

        $session = [powershell]::Create()
        $kernel = $session.AddScript("Import-Module '$manifest'; Start-WasmKernel; Remove-Module LinuxWasm").Invoke()[0]
        $kernel.State | Should -Be Stopped
        $session.Dispose()
    }
}
