# Each case is a test of its own, with the case's tags: `Invoke-Pester conformance`. A part of them, for machines that share the work, by
#   Invoke-Pester -Container (New-PesterContainer -Path conformance -Data @{ Shard = '2/8' })
# or with 2/8 in the environment variable LINUXWASM_SHARD.
param(
    # The Ith of N parts of the cases: I/N.
    [string] $Shard = $env:LINUXWASM_SHARD,

    # Files or folders of cases.
    [string[]] $CasePath = $PSScriptRoot
)

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../LinuxWasm.psd1"
    $part = @{}
    if ($Shard) { $part.Shard = $Shard }
    $cases = @(Get-WasmConformanceCase -Path $CasePath @part -ErrorVariable malformed -ErrorAction SilentlyContinue)
    $families = $cases | Group-Object Family
}

BeforeAll {
    Import-Module "$PSScriptRoot/../LinuxWasm.psd1"
}

Describe 'The cases' {
    It 'are written as the format has it' -ForEach @{ Malformed = @($malformed | ForEach-Object ToString) } {
        $Malformed | Should -BeNullOrEmpty
    }
}

Describe '<_.Name>' -ForEach $families {
    foreach ($case in $_.Group) {
        It '<case.Id>: <case.About>' -Tag $case.Tags -ForEach @{ Case = $case } {
            $results = @($Case | Invoke-WasmConformance -ThrottleLimit 1)
            $results.Count | Should -Be $Case.RunCount
            ($results | Where-Object Outcome -EQ Failed).Failures | Should -BeNullOrEmpty
            $passed = @($results | Where-Object Outcome -EQ Passed)
            # What said nothing is no pass: each run that counts has made all of its calls.
            $passed | ForEach-Object { $_.Steps.Count | Should -BeGreaterThan 0 -Because "$($_.Id) ran no step" }
            # Calls that are not there yet, and differences that are listed with their reason.
            if (-not $passed) {
                Set-ItResult -Skipped -Because ($results.Reason | Select-Object -First 1)
            }
        }
    }
}
