BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    $folder = New-Item -ItemType Directory TestDrive:/archives
    Push-Location $folder

    # Entries as hashtables: what any program could write.
    function New-Archive([string] $path, [hashtable[]] $entries) {
        $file = [IO.File]::Create("$folder/$path")
        $writer = [Formats.Tar.TarWriter]::new($file, [Formats.Tar.TarEntryFormat]::Pax, $false)
        foreach ($one in $entries) {
            $entry = [Formats.Tar.PaxTarEntry]::new(($one.Type ?? 'RegularFile'), $one.Name)
            if ($one.ContainsKey('Content')) { $entry.DataStream = [IO.MemoryStream]::new([Text.Encoding]::UTF8.GetBytes($one.Content)) }
            foreach ($property in 'Mode', 'Uid', 'Gid', 'LinkName', 'ModificationTime', 'DeviceMajor', 'DeviceMinor') {
                if ($one.ContainsKey($property)) { $entry.$property = $one[$property] }
            }
            $writer.WriteEntry($entry)
        }
        $writer.Dispose()
    }
}

AfterAll {
    Pop-Location
    Get-WasmKernel | Stop-WasmKernel
}

Describe 'Import-WasmRootFs' {
    BeforeEach {
        Start-WasmKernel | Out-Null
    }

    It 'keeps content, modes, owners, links, devices and times' {
        $when = [DateTimeOffset]::new(2001, 2, 3, 4, 5, 6, 789, [TimeSpan]::Zero)
        New-Archive all.tar @(
            @{ Name = 'd/'; Type = 'Directory'; Mode = 0x1E8; Uid = 7; ModificationTime = $when }
            @{ Name = 'd/file'; Content = 'hello'; Mode = 0x9ED; Uid = 1000; Gid = 1001; ModificationTime = $when }
            @{ Name = 'd/link'; Type = 'SymbolicLink'; LinkName = '/nowhere'; Uid = 5; ModificationTime = $when }
            @{ Name = 'd/hard'; Type = 'HardLink'; LinkName = 'd/file' }
            @{ Name = 'd/null'; Type = 'CharacterDevice'; DeviceMajor = 1; DeviceMinor = 3; Mode = 0x1B6 }
            @{ Name = 'd/pipe'; Type = 'Fifo'; Mode = 0x180 }
        )
        $summary = Import-WasmRootFs all.tar -PassThru
        $summary.Files, $summary.Directories, $summary.Links, $summary.Others, $summary.Refused, $summary.Bytes | Should -Be 1, 1, 2, 2, 0, 5
        $directory = Get-Item wasm:/d
        $directory.Permissions, $directory.UserId | Should -Be 0750, 7
        $directory.LastWriteTime | Should -Be $when.LocalDateTime -Because 'what is put into it does not change its time'
        $file = Get-Item wasm:/d/file
        $file.Mode | Should -Be '-rwsr-xr-x'
        $file.UserId, $file.GroupId, $file.LinkCount | Should -Be 1000, 1001, 2
        $file.LastWriteTime | Should -Be $when.LocalDateTime
        Get-Content wasm:/d/hard | Should -Be hello
        $link = Get-Item wasm:/d/link
        $link.LinkTarget, $link.UserId | Should -Be /nowhere, 5
        $link.LastWriteTime | Should -Be $when.LocalDateTime
        (Get-Item wasm:/d/null).Device | Should -Be 1:3
        (Get-Item wasm:/d/pipe).Mode | Should -Be prw-------
    }

    It 'leaves out a hard link to what is not there, and what it would replace stays' {
        New-Archive hard.tar @(@{ Name = 'etc/hostname'; Type = 'HardLink'; LinkName = 'nosuch' })
        $before = Get-Content wasm:/etc/hostname
        Import-WasmRootFs hard.tar -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'EntryRefused,*'
        "$problem" | Should -BeLike '*hard link to /nosuch, which is not there*'
        Get-Content wasm:/etc/hostname | Should -Be $before
        { Import-WasmRootFs hard.tar -Destination srv } | Should -Throw -ErrorId 'InvalidTarget,*'
    }

    It 'unpacks into a directory that it makes, also what is compressed' {
        New-Archive plain.tar @(@{ Name = 'a/b/c'; Content = 'deep' })
        $packed = [IO.Compression.GZipStream]::new([IO.File]::Create("$folder/packed.tgz"), [IO.Compression.CompressionMode]::Compress)
        $packed.Write([IO.File]::ReadAllBytes("$folder/plain.tar"))
        $packed.Dispose()
        Import-WasmRootFs packed.tgz -Destination /srv/in | Should -BeNullOrEmpty
        Get-Content wasm:/srv/in/a/b/c | Should -Be deep
        Import-WasmRootFs -LiteralPath plain.tar /srv/two
        Get-Content wasm:/srv/two/a/b/c | Should -Be deep
    }

    It 'replaces files, and leaves the others' {
        New-Item wasm:/d/old, wasm:/d/kept -Force -Value before | Out-Null
        New-Archive new.tar @(@{ Name = 'd/old'; Content = 'after' })
        Import-WasmRootFs new.tar
        Get-Content wasm:/d/old | Should -Be after
        Get-Content wasm:/d/kept | Should -Be before
    }

    It 'lets nothing out: <Because>' -ForEach @(
        @{ Because = 'a name that climbs'; Entries = @(@{ Name = '../evil'; Content = 'x' }) }
        @{ Because = 'a name that climbs later'; Entries = @(@{ Name = 'a/../../evil'; Content = 'x' }) }
        @{ Because = 'a hard link to a file outside'; Entries = @(@{ Name = 'evil'; Type = 'HardLink'; LinkName = '../../etc/passwd' }) }
        @{ Because = 'a hard link from the root'; Entries = @(@{ Name = 'evil'; Type = 'HardLink'; LinkName = '/etc/passwd' }) }
        @{ Because = 'a link, and a file through it'; Entries = @(@{ Name = 'out'; Type = 'SymbolicLink'; LinkName = '/etc' }, @{ Name = 'out/evil'; Content = 'x' }) }
        @{ Because = 'a link that climbs, and a file through it'; Entries = @(@{ Name = 'out'; Type = 'SymbolicLink'; LinkName = '../../../../etc' }, @{ Name = 'out/evil'; Content = 'x' }) }
    ) {
        $before = (Get-ChildItem wasm:/, wasm:/etc, wasm:/srv -ErrorAction Ignore).FullName
        New-Archive hostile.tar ($Entries + @{ Name = 'good'; Content = 'good' })
        $summary = Import-WasmRootFs hostile.tar -Destination /srv/deep/in -PassThru -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'EntryRefused,*'
        $summary.Refused | Should -Be 1
        Get-Content wasm:/srv/deep/in/good | Should -Be good -Because 'the others are unpacked'
        (Get-ChildItem wasm:/, wasm:/etc).FullName | Should -Be (($before -notlike '/srv/*') + '/srv' | Sort-Object { $_ -like '/etc/*' }, { $_ })
        (Get-ChildItem wasm:/srv -Recurse).Name | Should -Not -Contain evil
    }

    It 'takes a name from the root for one of the destination' {
        New-Archive absolute.tar @(@{ Name = '/etc/passwd'; Content = 'mine' })
        Import-WasmRootFs absolute.tar -Destination /srv
        Get-Content wasm:/srv/etc/passwd | Should -Be mine
        Get-Content wasm:/etc/passwd | Should -Not -Contain mine
    }

    It 'follows a link within the destination, from the destination''s root' {
        New-Archive linked.tar @(@{ Name = 'usr/'; Type = 'Directory' }, @{ Name = 'lib'; Type = 'SymbolicLink'; LinkName = '/usr' }, @{ Name = 'lib/file'; Content = 'x' })
        Import-WasmRootFs linked.tar -Destination /srv
        Get-Content wasm:/srv/usr/file | Should -Be x
    }

    It 'refuses <Because>' -ForEach @(
        @{ Because = 'what is no archive'; Content = [byte[]](65) * 2000; Id = 'NotAnArchive,*' }
        @{ Because = 'an archive that is cut off'; Cut = 700; Id = 'NotAnArchive,*' }
        @{ Because = 'compressed nonsense'; Content = [byte[]](0x1F, 0x8B) + [byte[]](65) * 100; Id = 'NotAnArchive,*' }
        @{ Because = 'a file that is not there'; Archive = 'nosuch.tar'; Id = 'FileUnusable,*' }
        @{ Because = 'a folder'; Archive = '.'; Id = 'FileUnusable,*' }
    ) {
        if ($Content) { [IO.File]::WriteAllBytes("$folder/given.tar", $Content) }
        if ($Cut) {
            New-Archive given.tar @(@{ Name = 'file'; Content = 'x' * 5000 })
            [IO.File]::WriteAllBytes("$folder/given.tar", [IO.File]::ReadAllBytes("$folder/given.tar")[0..$Cut])
        }
        { Import-WasmRootFs ($Archive ?? 'given.tar') -ErrorAction Stop } | Should -Throw -ErrorId $Id
    }

    It 'stops where the file system is full, and says so' {
        Mount-WasmVfs -Type tmpfs -Target /small -Option size=16k
        New-Archive large.tar @(@{ Name = 'large'; Content = 'x' * 100000 })
        Import-WasmRootFs large.tar -Destination /small -ErrorVariable problem -ErrorAction SilentlyContinue
        "$problem" | Should -BeLike '*ENOSPC*'
    }

    It 'does nothing with -WhatIf' {
        New-Archive what.tar @(@{ Name = 'what'; Content = 'x' })
        Import-WasmRootFs what.tar -WhatIf
        Test-Path wasm:/what | Should -BeFalse
    }
}

Describe 'Export-WasmRootFs' {
    BeforeEach {
        Start-WasmKernel | Out-Null
    }

    It 'makes what Import-WasmRootFs makes the same tree of: <_>' -ForEach 'tree.tar', 'tree.tar.gz' {
        New-Item wasm:/d/e/file -Force -Value hello | Out-Null
        New-Item wasm:/d/hard -ItemType HardLink -Value /d/e/file | Out-Null
        New-Item wasm:/d/link -ItemType SymbolicLink -Value e/file | Out-Null
        New-Item wasm:/d/pipe -ItemType NamedPipe | Out-Null
        New-Item -Path wasm:/d -Name ('n' * 200) -Value long | Out-Null
        New-Item -Path wasm:/d -Name 'ünï [x]' -Value odd | Out-Null
        New-Item wasm:/d/empty -ItemType Directory | Out-Null
        Set-ItemProperty wasm:/d/e/file -Name UserId -Value 1000
        Set-ItemProperty wasm:/d/e/file -Name Permissions -Value '4750'
        Set-ItemProperty wasm:/d/e -Name LastWriteTime -Value ([datetime] '2001-02-03 04:05:06.789')
        $look = { Get-ChildItem wasm:/ -Recurse | Where-Object FullName -NotMatch '^/(proc|dev)/' | ForEach-Object { "$($_.Mode) $($_.UserId) $($_.GroupId) $($_.Length) $($_.LinkCount) $($_.LinkTarget) $($_.LastWriteTime.Ticks) $($_.FullName)" } }
        $before = & $look
        Export-WasmRootFs $_
        Start-WasmKernel | Out-Null
        Import-WasmRootFs $_
        & $look | Where-Object { $_ -notmatch ' /(dev|proc)$' } | Should -Be ($before | Where-Object { $_ -notmatch ' /(dev|proc)$' })
        Get-Content wasm:/d/hard | Should -Be hello
        Remove-Item $folder/$_
    }

    It 'can be read by tar(1)' -Skip:(-not (Get-Command tar -CommandType Application -ErrorAction Ignore)) {
        Export-WasmRootFs etc.tar -Source /etc
        & tar tf $folder/etc.tar | Should -Be ./, group, hostname, hosts, passwd
        & tar xOf $folder/etc.tar passwd | Should -Be (Get-Content wasm:/etc/passwd)
    }

    It 'leaves what is mounted out, unless it is asked for' {
        Mount-WasmVfs -Type tmpfs -Target /d/mounted
        New-Item wasm:/d/mounted/file -Value x | Out-Null
        (Export-WasmRootFs one.tar -Source /d -PassThru).Files | Should -Be 0
        (Export-WasmRootFs two.tar -Source /d -IncludeMount -PassThru).Files | Should -Be 1
    }

    It 'replaces an archive only with -Force, and leaves none that is not whole' {
        'precious' | Set-Content $folder/kept.tar
        { Export-WasmRootFs kept.tar -ErrorAction Stop } | Should -Throw -ErrorId 'ArchiveExists,*'
        Export-WasmRootFs kept.tar -Source /nosuch -Force -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ENOENT,*'
        Get-Content $folder/kept.tar | Should -Be precious
        Get-ChildItem $folder -Filter *.unfinished | Should -BeNullOrEmpty
        Export-WasmRootFs kept.tar -Force
        (Get-Item $folder/kept.tar).Length | Should -BeGreaterThan 1000
        { Export-WasmRootFs /nosuch/x.tar -ErrorAction Stop } | Should -Throw -ErrorId 'FileUnusable,*'
    }
}
