BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    $logs = "$PSScriptRoot/../strace/logs"
}

Describe 'ConvertFrom-Strace' {
    It 'makes the cases that are in the suite' {
        foreach ($found in ConvertFrom-Strace "$logs/*.log") {
            $name = ($found.Id -split '/')[1]
            $suite = Get-Content "$PSScriptRoot/../../conformance/strace/$name.yaml" | Select-Object -Skip 1
            ($found.Yaml.TrimEnd() -split "`n") | Should -Be $suite
            $found.Case | Invoke-WasmConformance | ForEach-Object Outcome | Should -Be Passed
        }
    }

    It 'makes the calls again, and says which differ and why' {
        $found = 'getuid() = 0', 'umask(077) = 022', 'umask(022) = 0700' | ConvertFrom-Strace -Id a/b -Replay
        $found.Id | Should -Be a/b
        $found.Agree | Should -Be 2
        $found.Differ | Should -Be 1
        $differs = $found.Calls | Where-Object Outcome -EQ Differs
        $differs.Line | Should -Be 3
        $differs.Reason | Should -BeLike 'gave 63, expected 448'
    }

    It 'takes files from the pipeline' {
        (Get-ChildItem "$logs/files.log" | ConvertFrom-Strace -Replay).Differ | Should -Be 0
    }

    It 'says where a line is malformed, and counts it' {
        $found = 'getuid() = 0', 'getuid( = 0' | ConvertFrom-Strace -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.NotUnderstood | Should -Be 1
        $problem.FullyQualifiedErrorId | Should -BeLike 'MalformedStraceLine,*'
        "$problem" | Should -BeLike '*pipeline:2:9:*'
    }

    It 'says which log is not there, and which has no call' {
        { ConvertFrom-Strace ./nosuch.log -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
        { '' | ConvertFrom-Strace -ErrorAction Stop } | Should -Throw -ErrorId 'NoSystemCall,*'
    }

    It 'is shown as a table, and its calls as another' {
        $found = 'getuid() = 0' | ConvertFrom-Strace -Replay
        ($found | Out-String) | Should -Match 'Agree'
        ($found.Calls | Out-String) | Should -Match 'Replayed'
    }
}
