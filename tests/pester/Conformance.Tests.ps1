# Each YAML case is a test of its own, with the case's tags.
BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    $cases = Get-WasmConformanceCase -ErrorVariable malformed -ErrorAction SilentlyContinue
}

BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
}

Describe 'Linux promises' -Tag conformance {
    It 'are written as the format has it' -ForEach @{ Malformed = @($malformed | ForEach-Object ToString) } {
        $Malformed | Should -BeNullOrEmpty
    }

    foreach ($case in $cases) {
        It '<case.Id>: <case.About>' -Tag $case.Tags -ForEach @{ Case = $case } {
            $results = $Case | Invoke-WasmConformance -ThrottleLimit 1
            $results.Count | Should -Be $Case.RunCount
            ($results | Where-Object Outcome -EQ Failed).Failures | Should -BeNullOrEmpty
            # Calls that are not there yet, and differences that are listed with their reason.
            if (-not ($results | Where-Object Outcome -EQ Passed)) {
                Set-ItResult -Skipped -Because ($results.Reason | Select-Object -First 1)
            }
        }
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

    It 'says which path is not there' {
        { Get-WasmConformanceCase -LiteralPath ./nosuch } | Should -Throw -ErrorId 'PathNotFound,*'
        Get-WasmConformanceCase nosuch/case -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'CaseNotFound,*'
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
