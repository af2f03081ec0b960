BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    $commands = (Get-Command -Module LinuxWasm).Name
    $examples = foreach ($command in $commands) {
        foreach ($example in (Get-Help $command).examples.example) {
            @{ Command = $command; Title = $example.title; Code = $example.code }
        }
    }
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
}

Describe 'Help of <_>' -ForEach $commands {
    BeforeAll {
        $command = $_
        $help = Get-Help $command -Full
    }

    It 'has a synopsis, a description and an example' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -BeLike "*$command*" -Because 'that is what PowerShell makes up'
        $help.description.Text | Should -Not -BeNullOrEmpty
        $help.examples.example.Count | Should -BeGreaterThan 0
    }

    It 'explains every parameter' {
        $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
        foreach ($parameter in (Get-Command $command).Parameters.Keys | Where-Object { $_ -notin $common }) {
            (Get-Help $command -Parameter $parameter).description.Text | Should -Not -BeNullOrEmpty -Because "-$parameter needs it"
        }
    }
}

Describe 'Examples' {
    BeforeAll {
        $folder = New-Item -ItemType Directory TestDrive:/examples
        Copy-Item "$PSScriptRoot/../guests/bin/host/*.wasm" $folder
        New-Item -ItemType Directory $folder/data | Out-Null
        'a note' | Set-Content $folder/data/notes.txt
    }

    # The shell wants a terminal, which tests have not: that it says so is tested with the programs.
    It '<Command>, <Title>' -ForEach ($examples | Where-Object Command -ne Enter-WasmShell) {
        # A session of its own, as a reader would have it: the module, and a kernel that runs.
        $session = [powershell]::Create()
        try {
            $session.AddScript("Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'; Set-Location '$($folder.FullName)'; Start-WasmKernel | Out-Null").Invoke()
            $session.Commands.Clear()
            $session.AddScript($Code).Invoke() | Out-Null
            $session.Streams.Error | Should -BeNullOrEmpty
        }
        finally {
            $session.Dispose()
        }
    }
}
