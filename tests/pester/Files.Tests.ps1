BeforeAll {
    Import-Module "$PSScriptRoot/../../LinuxWasm.psd1"
}

Describe 'Files' {
    BeforeEach {
        Start-WasmKernel | Out-Null
    }

    AfterEach {
        Get-WasmKernel | Stop-WasmKernel
    }

    Context 'Get-WasmFd and Close-WasmFd' {
        It 'show what is open' {
            Invoke-WasmSyscall openat AT_FDCWD, /tmp/shown, 'O_RDWR|O_CREAT|O_APPEND|O_CLOEXEC', '0600' | Out-Null
            Invoke-WasmSyscall write 3, 'hello' | Out-Null
            $fd = Get-WasmFd 3
            $fd.Path | Should -Be /tmp/shown
            $fd.Type | Should -Be File
            $fd.Access | Should -Be rw
            $fd.Flags | Should -Be O_APPEND
            $fd.CloseOnExec | Should -BeTrue
            $fd.Position | Should -Be 5
            $fd.FileSystem | Should -Be tmpfs
            Invoke-WasmSyscall unlink /tmp/shown | Out-Null
            (Get-WasmFd 3).Path | Should -Be '/tmp/shown (deleted)'
        }

        It 'close what a pipeline brings' {
            Invoke-WasmSyscall pipe2 | Out-Null
            Get-WasmFd | Where-Object Type -EQ Pipe | Close-WasmFd
            (Get-WasmFd).Fd | Should -Be 0, 1, 2
            (Invoke-WasmSyscall close 3).Errno | Should -Be EBADF
        }

        It 'close by number, too' {
            0, 1 | Close-WasmFd
            (Get-WasmFd).Fd | Should -Be 2
        }

        It 'do nothing with -WhatIf' {
            Close-WasmFd 0 -WhatIf
            (Get-WasmFd).Fd | Should -Be 0, 1, 2
        }

        It 'say what is not open, and go on' {
            Close-WasmFd 99, 2 -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'EBADF,*'
            $problem.TargetObject | Should -Be 99
            (Get-WasmFd).Fd | Should -Be 0, 1
            Get-WasmFd 99 -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'EBADF,*'
            Get-WasmFd -ProcessId 31999 -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'ESRCH,*'
        }
    }

    Context 'Mount-WasmVfs, Get-WasmMount and Dismount-WasmVfs' {
        BeforeEach {
            $folder = New-Item -ItemType Directory "TestDrive:/$(New-Guid)"
            'hello' | Set-Content $folder/note
        }

        It 'mount a folder of the host, relative to the current location' {
            Push-Location $folder/..
            try { $mount = Mount-WasmVfs "./$($folder.Name)" /data -PassThru }
            finally { Pop-Location }
            $mount.Target | Should -Be /data
            $mount.Type | Should -Be host
            $mount.Source | Should -Be $folder.FullName
            Invoke-WasmSyscall openat AT_FDCWD, /data/note, O_RDWR | Out-Null
            (Invoke-WasmSyscall read 3, 5).Text | Should -Be hello
            (Invoke-WasmSyscall pwrite64 3, 'J', 1, 0).ReturnValue | Should -Be 1
            Get-Content $folder/note | Should -Be Jello
        }

        It 'let nothing be changed with -ReadOnly' {
            Mount-WasmVfs -LiteralPath $folder.FullName -Target /data -ReadOnly
            (Get-WasmMount /data).ReadOnly | Should -BeTrue
            (Invoke-WasmSyscall openat AT_FDCWD, /data/note, O_RDWR).Errno | Should -Be EROFS
            (Invoke-WasmSyscall unlink /data/note).Errno | Should -Be EROFS
            Get-Content $folder/note | Should -Be hello
        }

        It 'let programs see nothing outside the folder' {
            Mount-WasmVfs $folder.FullName /data
            (Invoke-WasmSyscall access "/data/../$($folder.Name)").Errno | Should -Be ENOENT
            if (-not $IsWindows) {
                New-Item -ItemType SymbolicLink -Path $folder/out -Target /etc/hostname | Out-Null
                (Invoke-WasmSyscall readlink /data/out).Text | Should -Be /etc/hostname
                $inside = (Invoke-WasmSyscall stat /data/out).Output.statbuf
                $inside.st_ino | Should -Be (Invoke-WasmSyscall stat /etc/hostname).Output.statbuf.st_ino
            }
        }

        It 'mount a tmpfs with options' {
            $mount = Mount-WasmVfs -Type tmpfs -Target /small -Option size=64k, noexec -PassThru
            $mount.Options | Should -BeLike '*noexec*size=64k*'
            (Invoke-WasmSyscall statfs /small).Output.buf.f_blocks | Should -Be 16
        }

        It 'take a mount away, unless it is in use' {
            Mount-WasmVfs -Type tmpfs -Target /gone
            Invoke-WasmSyscall openat AT_FDCWD, /gone/file, 'O_CREAT|O_RDWR', '0600' | Out-Null
            Dismount-WasmVfs /gone -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'EBUSY,*'
            $problem.CategoryInfo.Category | Should -Be ResourceBusy
            Dismount-WasmVfs /gone -Lazy
            Get-WasmMount /gone* | Should -BeNullOrEmpty
        }

        It 'work along a pipeline, and do nothing with -WhatIf' {
            Mount-WasmVfs $folder.FullName /one
            Mount-WasmVfs $folder.FullName /two
            Get-WasmMount -Type host | Dismount-WasmVfs -WhatIf
            (Get-WasmMount -Type host).Count | Should -Be 2
            Get-WasmMount -Type host | Dismount-WasmVfs
            Get-WasmMount -Type host | Should -BeNullOrEmpty
        }

        It 'refuse <Because>' -ForEach @(
            @{ Because = 'a folder that is not there'; Arguments = @{ Path = './nosuch'; Target = '/x' }; Id = 'PathNotFound,*' }
            @{ Because = 'a target that is not absolute'; Arguments = @{ Type = 'tmpfs'; Target = 'x' }; Id = 'InvalidTarget,*' }
            @{ Because = 'an unknown file system'; Arguments = @{ Type = 'nosuchfs'; Target = '/x' }; Id = 'ENODEV,*' }
            @{ Because = 'an unknown option'; Arguments = @{ Type = 'tmpfs'; Target = '/x'; Option = 'nosuch=1' }; Id = 'EINVAL,*' }
            @{ Because = 'a path of another provider'; Arguments = @{ LiteralPath = 'Env:/PATH'; Target = '/x' }; Id = 'NotAFileSystemPath,*' }
        ) {
            { Mount-WasmVfs @Arguments -ErrorAction Stop } | Should -Throw -ErrorId $Id
        }

        It 'show the tree as it starts' {
            (Get-WasmMount).Target | Should -Contain /
            (Get-WasmMount).Target | Should -Contain /dev
            Get-WasmMount /nosuch -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.FullyQualifiedErrorId | Should -BeLike 'MountNotFound,*'
        }
    }
}
