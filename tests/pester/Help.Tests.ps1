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
        $shown = (Get-Command $command).Parameters.Values | Where-Object { $_.Name -notin $common -and $_.Attributes.DontShow -notcontains $true }
        foreach ($parameter in $shown.Name) {
            (Get-Help $command -Parameter $parameter).description.Text | Should -Not -BeNullOrEmpty -Because "-$parameter needs it"
        }
    }
}

Describe 'about_LinuxWasm' {
    It 'is found, and speaks of every command that starts something' {
        $topic = Get-Help about_LinuxWasm | Out-String
        foreach ($word in 'Start-WasmKernel', 'Invoke-WasmProgram', 'Mount-WasmVfs', 'Invoke-WasmSyscall', 'Invoke-WasmConformance') {
            $topic | Should -BeLike "*$word*"
        }
    }

    It 'names no command that is not there' {
        $named = Select-String -InputObject (Get-Help about_LinuxWasm | Out-String) -Pattern '\b[A-Z][a-z]+-Wasm[A-Z]\w+' -AllMatches
        $named.Matches.Value | Sort-Object -Unique | Should -BeIn (Get-Command -Module LinuxWasm).Name
    }
}

Describe 'Examples' {
    BeforeAll {
        $folder = New-Item -ItemType Directory TestDrive:/examples
        Copy-Item "$PSScriptRoot/../guests/bin/host/*.wasm" $folder
        New-Item -ItemType Directory $folder/data | Out-Null
        'a note' | Set-Content $folder/data/notes.txt
        [Formats.Tar.TarFile]::CreateFromDirectory("$folder/data", "$folder/data.tar", $true)
    }

    # The shell wants a terminal, which tests have not: that it says so is tested with the programs.
    It '<Command>, <Title>' -ForEach ($examples | Where-Object Command -ne Enter-WasmShell) {
        # A session of its own, as a reader would have it: the module, and nothing else.
        $session = [powershell]::Create()
        try {
            $session.AddScript("Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'; Set-Location '$($folder.FullName)'").Invoke()
            $session.Commands.Clear()
            $session.AddScript($Code).Invoke() | Out-Null
            $session.Streams.Error | Should -BeNullOrEmpty
        }
        finally {
            $session.Dispose()
        }
    }
}
