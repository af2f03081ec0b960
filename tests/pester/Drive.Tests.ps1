BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
    Push-Location
    Start-WasmKernel -Name drive | Out-Null
}

AfterAll {
    Pop-Location
    Get-WasmKernel | Stop-WasmKernel
}

Describe 'The drive wasm:' {
    BeforeEach {
        Mount-WasmVfs -Type tmpfs -Target /w
        Set-Location wasm:/w
    }

    AfterEach {
        Set-Location wasm:/
        Dismount-WasmVfs /w -Lazy
    }

    It 'shows the tree of the current kernel' {
        (Get-ChildItem wasm:/).Name | Should -Be dev, etc, home, proc, root, tmp, w
        $file = Get-Item wasm:/etc/passwd
        $file.Kind | Should -Be File
        $file.Mode | Should -Be '-rw-r--r--'
        $file.Permissions | Should -Be 0644
        $file.Length | Should -Be (Get-Content wasm:/etc/passwd -Raw).Length
        $file.PSIsContainer | Should -BeFalse
        (Get-Item wasm:/tmp).Mode | Should -Be drwxrwxrwt
        (Get-Item wasm:/dev/null).Device | Should -Be 1:3
        (Get-Content wasm:/proc/version) | Should -BeLike 'Linux version *'
    }

    It 'is a place to be in, with paths relative to it' {
        New-Item -ItemType Directory a/b -Force | Out-Null
        Set-Location a/b
        (Get-Location).Path | Should -Be wasm:/w/a/b
        'here' | Set-Content note
        Get-Content ../b/note | Should -Be here
        Set-Location ..
        (Get-Location).Path | Should -Be wasm:/w/a
        Set-Location ../../..
        (Get-Location).Path | Should -Be wasm:/
        { Set-Location wasm:/nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
        { Set-Location wasm:/etc/passwd -ErrorAction Stop } | Should -Throw
    }

    It 'keeps text and bytes' {
        'one', 'two' | Set-Content text
        Get-Content text | Should -Be one, two
        'three' | Add-Content text
        Get-Content text -Raw | Should -Be "one`ntwo`nthree`n"
        Get-Content text -TotalCount 1 | Should -Be one
        'x' | Set-Content text -NoNewline
        (Get-Item text).Length | Should -Be 1
        Clear-Content text
        (Get-Item text).Length | Should -Be 0
        $bytes = [byte[]](0, 255, 13, 10, 128)
        Set-Content bytes -Value $bytes -AsByteStream
        Get-Content bytes -AsByteStream | Should -Be $bytes
        , (Get-Content bytes -AsByteStream -Raw) | Should -BeOfType byte[]
        $large = [byte[]]::new(3MB)
        $large[-1] = 7
        Set-Content large -Value $large -AsByteStream
        $read = Get-Content large -AsByteStream -Raw
        $read.Length | Should -Be 3MB
        $read[-1] | Should -Be 7
    }

    It 'makes directories, links and pipes' {
        New-Item -ItemType Directory d | ForEach-Object Kind | Should -Be Directory
        New-Item d/file -Value text | ForEach-Object Length | Should -Be 4
        (New-Item -ItemType SymbolicLink link -Value d).LinkTarget | Should -Be d
        Get-Content link/file | Should -Be text
        New-Item -ItemType HardLink hard -Value /w/d/file | ForEach-Object LinkCount | Should -Be 2
        New-Item -ItemType NamedPipe pipe | ForEach-Object Mode | Should -Be prw-r--r--
        New-Item far/away/file -Force -Value x | Should -Not -BeNullOrEmpty
        Get-Content far/away/file | Should -Be x
    }

    It 'copies, moves, renames and removes' {
        New-Item -ItemType Directory d, d/e | Out-Null
        'text' | Set-Content d/e/file
        Set-ItemProperty d/e/file -Name Permissions -Value '0751'
        New-Item -ItemType SymbolicLink d/link -Value /nowhere | Out-Null
        Copy-Item d -Destination copy -Recurse
        Get-Content copy/e/file | Should -Be text
        (Get-Item copy/e/file).Permissions | Should -Be 0751
        (Get-Item copy/link).LinkTarget | Should -Be /nowhere
        Copy-Item d/e/file -Destination copy
        Get-Content copy/file | Should -Be text
        Rename-Item copy/file -NewName other
        Test-Path copy/file | Should -BeFalse
        Move-Item copy/other -Destination .
        Get-Content other | Should -Be text
        Remove-Item other
        Test-Path other | Should -BeFalse
        Remove-Item copy -Recurse
        Test-Path copy | Should -BeFalse
    }

    It 'says what it can not write or rename, and where, as an error of that item' {
        foreach ($command in 'Set-Content', 'Add-Content') {
            & $command wasm:/proc/version, file -Value x -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike "EACCES,*.$($command.Replace('-', ''))Command"
            Get-Content file | Select-Object -Last 1 | Should -Be x
        }
        Clear-Content wasm:/proc/version -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'EACCES,*'
        Set-Content other x
        Rename-Item file other -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'EEXIST,*'
        "$problem" | Should -BeLike '/w/other: *'
    }

    It 'heads its listing with the guest''s path' {
        'x' | Set-Content file
        Get-ChildItem | Out-String | Should -BeLike '*Directory: /w*file*'
    }

    It 'changes mode, owner and times' {
        'x' | Set-Content file
        Set-ItemProperty file -Name Permissions -Value '4711'
        Set-ItemProperty file -Name UserId -Value 1000
        Set-ItemProperty file -Name GroupId -Value 1001
        Set-ItemProperty file -Name LastWriteTime -Value ([datetime] '2001-02-03 04:05:06.789')
        $file = Get-Item file
        # chown(2) takes set-user-ID away.
        $file.Mode | Should -Be '-rwx--x--x'
        $file.UserId, $file.GroupId | Should -Be 1000, 1001
        $file.LastWriteTime | Should -Be ([datetime] '2001-02-03 04:05:06.789')
        (Get-ItemProperty file -Name UserId).UserId | Should -Be 1000
        foreach ($wrong in 9999, '0999', 'rwx') {
            Set-ItemProperty file -Name Permissions -Value $wrong -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'InvalidValue,*'
        }
        Set-ItemProperty file -Name Inode -Value 1 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'NotSettable,*'
    }

    It 'takes names that differ by case for different' {
        'small' | Set-Content name
        'large' | Set-Content NAME
        Get-Content name | Should -Be small
        Get-Content NAME | Should -Be large
        Test-Path Name | Should -BeFalse
        (Get-ChildItem N*).Name | Should -BeExactly NAME
        (Get-ChildItem n*).Name | Should -BeExactly name
    }

    It 'takes the name <_> as it is' -ForEach 'we[ird]', 'back\slash', 'co:lon', 'sp ace', 'quo''te', 'ünï', '*' -Skip:$IsWindows {
        $path = "wasm:/w/$_"
        New-Item -Path wasm:/w -Name $_ -Value text | ForEach-Object Name | Should -BeExactly $_
        (Get-ChildItem wasm:/w).Name | Should -BeExactly $_
        Get-Content -LiteralPath $path | Should -Be text
        Test-Path -LiteralPath $path | Should -BeTrue
        Get-ChildItem wasm:/w | Remove-Item
        Get-ChildItem wasm:/w | Should -BeNullOrEmpty
    }

    It 'expands wildcards in any part of a path' {
        New-Item a/x1, a/x2, b/x1, b/y1 -Force | Out-Null
        (Get-ChildItem */x*).FullName | Should -Be /w/a/x1, /w/a/x2, /w/b/x1
        (Get-Item '[b-z]/?1').FullName | Should -Be /w/b/x1, /w/b/y1
        (Get-ChildItem -Recurse -Include x1).FullName | Should -Be /w/a/x1, /w/b/x1
        (Get-ChildItem -Recurse -Depth 0).Name | Should -Be a, b
        Get-ChildItem *.none | Should -BeNullOrEmpty
    }

    It 'does not follow links that lead in circles' {
        New-Item -ItemType Directory d | Out-Null
        New-Item -ItemType SymbolicLink d/up -Value /w | Out-Null
        (Get-ChildItem -Recurse).Name | Should -Be d, up
        Remove-Item d -Recurse
        Test-Path wasm:/w | Should -BeTrue
    }

    It 'says what is wrong with <Because>' -ForEach @(
        @{ Because = 'a file that is not there'; Work = { Get-Item nosuch }; Id = 'ENOENT,*' }
        @{ Because = 'content that is not there'; Work = { Get-Content nosuch }; Id = 'ENOENT,*' }
        @{ Because = 'a folder that is missing'; Work = { New-Item missing/file }; Id = 'ENOENT,*' }
        @{ Because = 'a name that is taken'; Work = { New-Item wasm:/etc/passwd }; Id = 'EEXIST,*' }
        @{ Because = 'a new name that is taken'; Work = { 'a' | Set-Content a; 'b' | Set-Content b; Rename-Item a b }; Id = 'EEXIST,*' }
        @{ Because = 'a mount point'; Work = { Remove-Item wasm:/proc -Recurse }; Id = 'E*' }
        @{ Because = 'another file system'; Work = { 'a' | Set-Content a; Move-Item a wasm:/tmp }; Id = 'EXDEV,*' }
        @{ Because = 'a kind that there is not'; Work = { New-Item a -ItemType Bogus }; Id = 'InvalidItemType,*' }
        @{ Because = 'a link that leads nowhere'; Work = { New-Item a -ItemType Hard }; Id = 'ArgumentNull,*' }
        @{ Because = 'a pipe without an end'; Work = { New-Item p -ItemType NamedPipe | Out-Null; Get-Content p }; Id = 'EINVAL,*' }
        @{ Because = 'a copy into itself'; Work = { New-Item d -ItemType Directory | Out-Null; Copy-Item d d/e -Recurse }; Id = 'CopyOntoItself,*' }
        @{ Because = 'a name with a slash'; Work = { 'a' | Set-Content a; Rename-Item a x/y }; Id = '*' }
    ) {
        { $ErrorActionPreference = 'Stop'; & $Work } | Should -Throw -ErrorId $Id
    }

    It 'changes nothing with -WhatIf' {
        'kept' | Set-Content kept
        Remove-Item kept -WhatIf
        Rename-Item kept lost -WhatIf
        Copy-Item kept copy -WhatIf
        New-Item made -WhatIf
        Set-ItemProperty kept -Name UserId -Value 5 -WhatIf
        (Get-ChildItem).Name | Should -Be kept
        (Get-Item kept).UserId | Should -Be 0
    }

    It 'shows what programs do, and they what it does' {
        Mount-WasmVfs -LiteralPath $PSScriptRoot/../guests/bin/host -Target /bin -ReadOnly
        'from the drive' | Set-Content note
        Invoke-WasmProgram /bin/cat.wasm /w/note | Should -Be 'from the drive'
        Invoke-WasmSyscall mkdir /w/made, '0700' | Out-Null
        (Get-Item made).Mode | Should -Be drwx------
        Set-Content wasm:/bin/file x -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'EROFS,*'
        Dismount-WasmVfs /bin
    }
}

Describe 'Drives of other kernels' {
    It 'can be made, with a root below theirs' {
        $other = Start-WasmKernel -Name other
        'other' | Set-Content wasm:/tmp/whose
        New-PSDrive -Name o -PSProvider WasmVfs -Root /tmp -Kernel other | Out-Null
        Start-WasmKernel -Name newest | Out-Null
        Test-Path wasm:/tmp/whose | Should -BeFalse
        Get-Content o:/whose | Should -Be other
        (Get-ChildItem o:/).FullName | Should -Be /tmp/whose
        $other | Stop-WasmKernel
        Get-Content o:/whose -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'KernelStopped,*'
        Remove-PSDrive o
        { New-PSDrive -Name p -PSProvider WasmVfs -Root /nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'ENOENT,*'
    }

    It 'say so where no kernel runs' {
        Set-Location $PSScriptRoot
        Get-WasmKernel | Stop-WasmKernel
        Get-ChildItem wasm:/ -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem | Should -HaveCount 1
        $problem.FullyQualifiedErrorId | Should -BeLike 'NoKernel,*'
        "$problem" | Should -BeLike '*Start-WasmKernel*'
    }
}
