# The cases themselves are tests of conformance/Conformance.Tests.ps1; here is what chooses, runs and shares them out.
BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    $suite = Resolve-Path "$PSScriptRoot/../../conformance"

    # The ids of the cases whose tests Pester finds in the suite, or in a part of it; nothing is run.
    function Find-CaseTest([hashtable] $Data) {
        $configuration = New-PesterConfiguration
        $configuration.Run.Container = New-PesterContainer -Path $suite -Data $Data
        $configuration.Run.SkipRun = $true
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'None'
        (Invoke-Pester -Configuration $configuration).Tests.Data.Case.Id
    }

    # The suite's test file on other cases, run for real.
    function Invoke-CaseTest([string] $Yaml) {
        $folder = New-Item -ItemType Directory -Force "TestDrive:/suite-$(New-Guid)"
        Set-Content "$folder/cases.yaml" $Yaml
        Invoke-CaseFile $folder
    }

    function Invoke-CaseFile([string] $folder) {
        $configuration = New-PesterConfiguration
        $configuration.Run.Container = New-PesterContainer -Path $suite -Data @{ CasePath = "$folder" }
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'None'
        Invoke-Pester -Configuration $configuration
    }
}

Describe 'Invoke-Pester conformance' {
    It 'has a test of its own for each case, with the case''s name and tags' {
        $tests = (Invoke-CaseFile "$suite/cwd").Tests | Where-Object { $_.Data.Case }
        $cases = Get-WasmConformanceCase -Path "$suite/cwd"
        $tests.Count | Should -Be $cases.Count
        foreach ($case in $cases) {
            $test = $tests | Where-Object ExpandedName -EQ "$($case.Id): $($case.About)"
            $test | Should -HaveCount 1
            $test.Tag | Should -Be $case.Tags
        }
    }

    It 'shares all cases out among parts, none twice' {
        $all = (Get-WasmConformanceCase).Id
        $parts = 1..5 | ForEach-Object { , @(Find-CaseTest @{ Shard = "$_/5" }) }
        $parts | ForEach-Object { $_.Count | Should -BeGreaterThan ($all.Count / 5 - 1) }
        $names = $parts | ForEach-Object { $_ }
        $names.Count | Should -Be $all.Count
        Compare-Object $all $names | Should -BeNullOrEmpty
    }

    It 'takes its part from the environment too' {
        $env:LINUXWASM_SHARD = '2/3'
        try {
            $ids = Find-CaseTest @{}
            $ids.Count | Should -BeLessThan (Get-WasmConformanceCase).Count
            $ids | Should -Be (Find-CaseTest @{ Shard = '2/3' })
        } finally {
            Remove-Item Env:LINUXWASM_SHARD
        }
    }

    It 'fails a broken promise, passes a kept one, and says which cases are malformed' {
        $run = Invoke-CaseTest @'
id: test/kept
about: getpid gives a number
steps:
  - getpid() > 0
---
id: test/broken
about: 99 is open
steps:
  - close(99) = 0
---
id: test/malformed
about: nothing can be called so
steps:
  - nosuchcall() = 0
'@
        $run.PassedCount | Should -Be 1
        ($run.Failed.ExpandedName | Sort-Object) | Should -Be 'are written as the format has it', 'test/broken: 99 is open'
        "$($run.Failed.ErrorRecord)" | Should -BeLike '*EBADF*'
    }

    It 'fails a case that ran no step' {
        $run = Invoke-CaseTest @'
id: test/nothing
about: no row of the matrix has a step
matrix: { n: [0] }
steps:
  - call: getpid() > 0
    when: $n == 1
'@
        $run.PassedCount | Should -Be 0
        $run.Failed.ExpandedName | Should -Be 'are written as the format has it'
        "$($run.Failed.ErrorRecord)" | Should -BeLike '*no step is left of the run*'
    }
}

Describe 'Get-WasmConformanceCase' {
    It 'chooses by id, tag and path' {
        $all = Get-WasmConformanceCase
        $all.Count | Should -BeGreaterThan 100
        (Get-WasmConformanceCase getcwd/path).Id | Should -Be getcwd/path
        Get-WasmConformanceCase -Tag cwd | ForEach-Object { $_.Tags | Should -Contain cwd }
        (Get-WasmConformanceCase -Path "$PSScriptRoot/../../conformance/cwd").Count | Should -BeLessThan $all.Count
    }

    It 'says what is wrong with a case, and gives the others' {
        Set-Content TestDrive:/cases.yaml @'
id: test/good
about: getpid gives the process's number
tasks:
  main:
    - getpid() > 0
---
id: test/bad
about: nothing can be called so
tasks:
  main:
    - nosuchcall() = 0
'@
        $found = Get-WasmConformanceCase -LiteralPath TestDrive:/cases.yaml -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.Id | Should -Be test/good
        $problem.FullyQualifiedErrorId | Should -BeLike 'MalformedCase,*'
        "$problem" | Should -BeLike '*cases.yaml:11:*'
        ($found | Invoke-WasmConformance).Outcome | Select-Object -Unique | Should -Be Passed
    }

    It 'gives a part of the cases, and says what is no part' {
        $all = (Get-WasmConformanceCase -Tag cwd).Id
        1..3 | ForEach-Object { (Get-WasmConformanceCase -Tag cwd -Shard "$_/3").Id } | Sort-Object | Should -Be ($all | Sort-Object)
        (Invoke-WasmConformance -Tag cwd -Shard 1/3).Case.Id | Select-Object -Unique | Should -Be (Get-WasmConformanceCase -Tag cwd -Shard 1/3).Id
        foreach ($none in '0/3', '4/3', '2', 'a/b', '-1/2') {
            { Get-WasmConformanceCase -Shard $none } | Should -Throw -ErrorId 'InvalidShard,*'
        }
    }

    It 'says which path is not there' {
        { Get-WasmConformanceCase -LiteralPath ./nosuch } | Should -Throw -ErrorId 'PathNotFound,*'
    }

    It 'says what matches nothing: a name as an error, wildcards as a warning' {
        foreach ($command in 'Get-WasmConformanceCase', 'Invoke-WasmConformance') {
            & $command getcwd/pth -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'CaseNotFound,*'
            "$problem" | Should -BeLike "*'getcwd/pth'; did you mean 'getcwd/path'?"
            & $command -Tag nosuchtag -ErrorVariable problem -ErrorAction SilentlyContinue
            "$problem" | Should -BeLike "*tag 'nosuchtag'*"
            & $command nosuch/* -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            "$warned" | Should -BeLike "*'nosuch/[*]'*"
            & $command getcwd/path -Tag pipe* -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            "$warned" | Should -BeLike '*these tags*'
        }
    }
}

Describe 'Invoke-WasmConformance' {
    It 'finds a broken promise, with step and place' {
        Set-Content TestDrive:/wrong.yaml @'
id: test/wrong
about: a wrong expectation is found
tasks:
  main:
    - close(99) = 0
'@
        $results = Invoke-WasmConformance -LiteralPath TestDrive:/wrong.yaml
        $results.Outcome | Select-Object -Unique | Should -Be Failed
        $results[0].Failures | Should -BeLike '*wrong.yaml:5:*EBADF*'
        $results[0].Steps[0].Step | Should -Be main.1
    }

    It 'compares with Linux, or with what was recorded of it' {
        $results = Invoke-WasmConformance getcwd/path -Compare -WarningAction SilentlyContinue
        $results.Outcome | Select-Object -Unique | Should -Be Passed
        $results[0].Target | Should -BeLike 'LinuxWasm and *'
    }

    It 'stops at Ctrl-C' {
        $session = [powershell]::Create()
        $session.AddScript("Import-Module '$PSScriptRoot/../../LinuxWasm.psd1'").Invoke()
        $session.Commands.Clear()
        $running = $session.AddCommand('Invoke-WasmConformance').BeginInvoke()
        $session.Stop()
        $running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        $session.Dispose()
    }

    It 'runs one table alone where that is asked for' {
        (Invoke-WasmConformance getcwd/path -Abi i386).Abi | Select-Object -Unique | Should -Be i386
    }
}
