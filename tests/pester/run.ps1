#!/usr/bin/env pwsh
# Runs the Pester suites on the module as it was built last. The last line is `N passed, N failed, N skipped`.
[CmdletBinding()]
param(
    # Files or folders of tests.
    [string[]] $Path = @($PSScriptRoot, (Join-Path $PSScriptRoot ../../conformance)),

    # Only tests with these tags, which are also those of the conformance cases.
    [string[]] $Tag = @(),

    # None, Normal, Detailed or Diagnostic.
    [string] $Output = 'Normal'
)

$ErrorActionPreference = 'Stop'
# What programs leave in the cache is not the user's.
$env:LINUXWASM_CACHE ??= 'off'
Import-Module Pester -MinimumVersion 5.5
$module = Join-Path $PSScriptRoot '../../module/bin/LinuxWasm.PowerShell.dll'
if (-not (Test-Path -LiteralPath $module)) {
    throw 'The module has not been built: dotnet build -c Release src/LinuxWasm.PowerShell'
}

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Filter.Tag = $Tag
$configuration.Output.Verbosity = $Output
$configuration.Output.RenderMode = 'Plaintext'
$run = Invoke-Pester -Configuration $configuration
if (-not $run) {
    throw "Pester ran nothing in '$Path'"
}

# A file that could not be read, or a block whose setup failed, is a failure though no test of it ran.
$failed = $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
'{0} passed, {1} failed, {2} skipped' -f $run.PassedCount, $failed, ($run.SkippedCount + $run.InconclusiveCount)
exit ($failed -gt 0 ? 1 : 0)
