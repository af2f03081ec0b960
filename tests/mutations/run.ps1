#!/usr/bin/env pwsh
# Makes each mutation of kernel.txt and says which ones no conformance case sees. The last line is `N caught, N survived`.
# All of them are compiled at once into a copy of the sources, where an environment variable chooses one: what stood there stays beside it.
[CmdletBinding()]
param(
    # Only these, by their line in kernel.txt.
    [int[]] $Line,

    # Checks that each mutation finds its place exactly once, and builds nothing.
    [switch] $Check,

    # Where the copy is made. By default a temporary folder, which is removed in the end.
    [string] $WorkingFolder
)

$ErrorActionPreference = 'Stop'
$root = Resolve-Path (Join-Path $PSScriptRoot '../..')

function Read-Mutation {
    $number = 0
    foreach ($text in [IO.File]::ReadLines((Join-Path $PSScriptRoot 'kernel.txt'))) {
        $number++
        if ($text -notmatch '^[^#\s]') { continue }
        # \| is a bar that belongs to the text.
        $kind, $call, $file, $find, $replacement = ($text -split '(?<!\\) \| ') -replace '\\\|', '|'
        [pscustomobject]@{ Line = $number; Kind = $kind; Call = $call; File = $file; Find = $find; Replacement = $replacement }
    }
}

# The text as a pattern: three groups, of which the middle one is to be replaced.
function Get-Pattern($mutation) {
    $parts = $mutation.Find -match '«' ? ($mutation.Find -split '[«»]') : '', $mutation.Find, ''
    $escaped = $parts | ForEach-Object { [regex]::Escape($_) -replace '\\\\n', '\r?\n\s*' }
    [regex]"($($escaped[0]))($($escaped[1]))($($escaped[2]))"
}

function Get-Replacement($mutation, [string] $original) {
    $on = "LinuxWasm.Kernel.Mutant.Is($($mutation.Line))"
    if ($original.EndsWith(';')) {
        $instead = $mutation.Replacement -eq '-' ? '' : $mutation.Replacement
        return "if ($on) { $instead } else { $original }"
    }
    "($on ? ($($mutation.Replacement)) : ($original))"
}

$mutations = @(Read-Mutation)
$wrong = 0
foreach ($mutation in $mutations) {
    $path = Join-Path $root 'src/LinuxWasm.Kernel' $mutation.File
    $found = (Test-Path -LiteralPath $path) ? (Get-Pattern $mutation).Matches([IO.File]::ReadAllText($path)).Count : 0
    if ($found -ne 1 -or -not $mutation.Replacement) {
        "kernel.txt:$($mutation.Line): found $found times in $($mutation.File), expected once: $($mutation.Find)"
        $wrong++
    }
}

if ($wrong -gt 0 -or $Check) {
    "$($mutations.Count - $wrong) of $($mutations.Count) mutations find their place"
    exit ($wrong -gt 0 ? 1 : 0)
}

$copy = $WorkingFolder ? $WorkingFolder : (Join-Path ([IO.Path]::GetTempPath()) "linuxwasm-mutants-$PID")
try {
    $null = New-Item -ItemType Directory -Force $copy
    foreach ($name in 'Directory.Build.props', 'Directory.Packages.props', 'global.json', '.editorconfig', 'conformance') {
        if (Test-Path (Join-Path $root $name)) { Copy-Item (Join-Path $root $name) $copy -Recurse -Force }
    }
    Get-ChildItem (Join-Path $root 'src') -Recurse -File | Where-Object FullName -NotMatch '[\\/](bin|obj)[\\/]' | ForEach-Object {
        $target = Join-Path $copy ([IO.Path]::GetRelativePath($root, $_.FullName))
        $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($target))
        [IO.File]::Copy($_.FullName, $target, $true)
    }

    foreach ($group in $mutations | Group-Object File) {
        $path = Join-Path $copy 'src/LinuxWasm.Kernel' $group.Name
        $source = [IO.File]::ReadAllText($path)
        # From the end of the file on, so that the places of the others stay what they were.
        $places = $group.Group | ForEach-Object { [pscustomobject]@{ Mutation = $_; Place = (Get-Pattern $_).Match($source).Groups[2] } } | Sort-Object { -$_.Place.Index }
        foreach ($place in $places) {
            $source = $source.Remove($place.Place.Index, $place.Place.Length).Insert($place.Place.Index, (Get-Replacement $place.Mutation $place.Place.Value))
        }
        [IO.File]::WriteAllText($path, $source)
    }
    Set-Content (Join-Path $copy 'src/LinuxWasm.Kernel/Mutant.cs') @'
namespace LinuxWasm.Kernel;

internal static class Mutant
{
    private static readonly int Chosen = int.Parse(System.Environment.GetEnvironmentVariable("LINUXWASM_MUTANT") ?? "0");

    public static bool Is(int line) => line == Chosen;
}
'@

    $log = dotnet build -c Release --nologo -v quiet -p:TreatWarningsAsErrors=false (Join-Path $copy 'src/LinuxWasm.Cli') 2>&1
    if ($LASTEXITCODE -ne 0) {
        $log | Select-String 'error' | Select-Object -Unique -First 20
        throw 'the mutants do not build'
    }
    $linuxwasm = Join-Path $copy 'src/LinuxWasm.Cli/bin/Release/net10.0/linuxwasm.dll'

    # The cases of the call first; only what those let through costs the whole suite.
    function Test-Suite([string[]] $filter) {
        $output = dotnet $linuxwasm conform (Join-Path $copy 'conformance') @filter 2>&1
        [pscustomobject]@{ Status = $LASTEXITCODE; First = ($output | Select-String '^FAILED' | Select-Object -First 1) -replace '^FAILED ' }
    }

    $env:LINUXWASM_MUTANT = '0'
    $sound = Test-Suite
    if ($sound.Status -ne 0) { throw "without a mutation the suite fails too: $($sound.First)" }
    $caught = $survived = 0
    foreach ($mutation in $mutations | Where-Object { -not $Line -or $_.Line -in $Line }) {
        $env:LINUXWASM_MUTANT = $mutation.Line
        $result = Test-Suite '--filter', $mutation.Call
        # 1: a case failed. Anything else, 2 for instance where no case has the tag, proves nothing.
        if ($result.Status -ne 1) { $result = Test-Suite }
        if ($result.Status -eq 1) {
            $caught++
            'caught    {0,-18} {1,-11} {2}' -f $mutation.Call, $mutation.Kind, $result.First
        } else {
            $survived++
            'SURVIVED  {0,-18} {1,-11} kernel.txt:{2}: {3}' -f $mutation.Call, $mutation.Kind, $mutation.Line, $mutation.Find
        }
    }
    "$caught caught, $survived survived"
    exit ($survived -gt 0 ? 1 : 0)
} finally {
    Remove-Item Env:LINUXWASM_MUTANT -ErrorAction Ignore
    if (-not $WorkingFolder) { Remove-Item $copy -Recurse -Force -ErrorAction Ignore }
}
