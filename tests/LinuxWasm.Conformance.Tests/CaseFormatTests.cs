using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Parsing;

namespace LinuxWasm.Conformance.Tests;

/// <summary>A malformed case is told with its place and what was expected, and fails alone.</summary>
public sealed class CaseFormatTests
{
    private const string Head = "id: a/b\nabout: x\n";

    [Theory]
    [InlineData("about: x\nsteps: [sync()]", 1, 1, "needs 'id'")]
    [InlineData("id: a/b\nsteps: [sync()]", 1, 1, "needs 'about'")]
    [InlineData("id: nofamily\nabout: x\nsteps: [sync()]", 1, 5, "expected family/promise")]
    [InlineData("id: a/b c\nabout: x\nsteps: [sync()]", 1, 5, "expected family/promise")]
    [InlineData("- id: a/b", 1, 1, "expected a case")]
    [InlineData(Head, 1, 1, "needs 'tasks'")]
    [InlineData(Head + "steps: []", 3, 8, "expected at least one step")]
    [InlineData(Head + "steps: sync()", 3, 8, "expected a list of steps")]
    [InlineData(Head + "matrix: { n: [1, 2] }\nsteps:\n  - call: sync()\n    when: n == 1", 5, 5, "no step is left of the run a/b[n=2]@i386")]
    [InlineData(Head + "tsks: {}\nsteps: [sync()]", 3, 1, "unknown key 'tsks'")]
    [InlineData(Head + "steps:\n  - nosuchcall()", 4, 5, "is in no system call table")]
    [InlineData(Head + "steps:\n  - close(3 = 0", 4, 13, "expected ',' or ')'")]
    [InlineData(Head + "steps:\n  - close(3) 0", 4, 14, "expected '=' and a result")]
    [InlineData(Head + "steps:\n  - close(3) = ", 4, 15, "expected a value")]
    [InlineData(Head + "steps:\n  - close(3) = O_NOSUCH", 4, 16, "unknown constant or buffer 'O_NOSUCH'")]
    [InlineData(Head + "steps:\n  - close($fd) = 0", 4, 11, "$fd is neither captured nor in the matrix")]
    [InlineData(Head + "steps:\n  - close(08) = 0", 4, 11, "'08' is not a number")]
    [InlineData(Head + "steps:\n  - open(\"/t/a, 0) = 3", 4, 10, "expected a closing \"")]
    [InlineData(Head + "steps:\n  - open(\"\\q\", 0) = 3", 4, 11, "unknown escape")]
    [InlineData(Head + "steps:\n  - read(3, &buf, 1) = 1", 4, 14, "unknown buffer 'buf'")]
    [InlineData(Head + "steps:\n  - open(nofunc(1), 0) = 3", 4, 10, "is not a function")]
    [InlineData(Head + "steps:\n  - preadv(1, 2, 3, 4, 5, 6, 7) = 0", 4, 5, "at most six arguments")]
    [InlineData(Head + "steps:\n  - close() = 0", 4, 5, "close(fd): 0 arguments are given, 'fd' is missing")]
    [InlineData(Head + "steps:\n  - read(3, NULL) = 0", 4, 5, "read(fd, buf, count): 2 arguments are given, 'count' is missing")]
    [InlineData(Head + "steps:\n  - close(3, 4) = 0", 4, 14, "close(fd): 2 arguments are given, 1 expected")]
    [InlineData(Head + "steps:\n  - open(\"/t\") = 3", 4, 5, "open(pathname, flags[, mode]): 1 argument is given, 'flags' is missing")]
    [InlineData(Head + "steps:\n  - socket(1, 2, 3, 4) = 3", 4, 21, "socket(domain, type, protocol): 4 arguments are given, 3 expected")]
    [InlineData(Head + "matrix: { call: [stat, access] }\nsteps:\n  - $call(\"/t\") = 0", 5, 5, "stat(pathname, statbuf): 1 argument is given, 'statbuf' is missing")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    ret: 0", 5, 10, "says its result already")]
    [InlineData(Head + "steps:\n  - call: close(3)\n    ret: 0\n    errno: EBADF", 6, 12, "ret or errno, not both")]
    [InlineData(Head + "steps:\n  - call: open('/t', O_RDONLY|O_NOSUCH)\n    ret: 3", 4, 16, "expected one character between single quotes")]
    [InlineData(Head + "steps:\n  - call: open(\"/t\", O_RDONLY|O_NOSUCH)\n    ret: 3", 4, 31, "unknown constant or buffer 'O_NOSUCH'")]
    [InlineData(Head + "steps:\n  - call: \"close(3 | O_NOSUCH)\"\n    ret: 0", 4, 22, "unknown constant or buffer 'O_NOSUCH'")]
    [InlineData(Head + "steps:\n  - call: close(3)\n    ret: 1 | O_NOSUCH", 5, 14, "unknown constant or buffer 'O_NOSUCH'")]
    [InlineData(Head + "matrix: { f: [O_RDONLY|O_NOSUCH] }\nsteps:\n  - open(\"/t\", $f) = 3", 5, 16, "unknown constant or buffer 'O_NOSUCH'")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    cheque: x", 5, 5, "unknown key 'cheque' in a step")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    untouched: buf", 4, 5, "there is no buffer 'buf'")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    blocks: { until: main.7 }", 4, 5, "has only 1 steps")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    after: nobody.1", 4, 5, "there is no task 'nobody'")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    after: later", 5, 12, "expected task.number")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    rule: nonsense", 5, 11, "there is no rule 'nonsense'")]
    [InlineData(Head + "steps:\n  - call: close(3) = 0\n    child: kid", 4, 5, "there is no task 'kid'")]
    [InlineData(Head + "tasks:\n  main: [sync()]\n  kid: { is: child, steps: [sync()] }", 5, 8, "no step says child: kid")]
    [InlineData(Head + "tasks:\n  main: [sync()]\n  kid: { is: sibling, steps: [sync()] }", 5, 14, "expected thread, fork, process or child")]
    [InlineData(Head + "steps:\n  - opne(\"/t\", 0) = 3", 4, 5, "'opne' is in no system call table; did you mean 'open'?")]
    [InlineData(Head + "steps:\n  - open(\"/t\", O_RDONY) = 3", 4, 16, "unknown constant or buffer 'O_RDONY'; did you mean 'O_RDONLY'?")]
    [InlineData(Head + "steps:\n  - close(3) = EINVALL", 4, 16, "unknown constant or buffer 'EINVALL'; did you mean 'EINVAL'")]
    [InlineData(Head + "buffers: { page: int }\nsteps:\n  - read(3, &pgae, 1) = 1", 5, 14, "unknown buffer 'pgae'; did you mean 'page'?")]
    [InlineData(Head + "buffers: { ts: timspec }\nsteps: [sync()]", 3, 16, "unknown type 'timspec'; did you mean 'timespec'")]
    [InlineData(Head + "buffers: { st: stat99 }\nsteps: [sync()]", 3, 16, "unknown type 'stat99'")]
    [InlineData(Head + "buffers: { st: \"stat\" }\nsteps: [sync()]", 3, 16, "'stat' in quotes is a string, expected the type without quotes, or { value: \"stat\" } for that text")]
    [InlineData(Head + "buffers: { n: 'int32[2]' }\nsteps: [sync()]", 3, 15, "'int32[2]' in quotes is a string")]
    [InlineData(Head + "buffers: { st: { at: start } }\nsteps: [sync()]", 3, 22, "expected end-of-memory")]
    [InlineData(Head + "buffers:\n  st: stat\nsteps:\n  - call: stat(\"/t\", &st) = 0\n    check: st.st_nonsense == 1", 7, 12, "has no field 'st_nonsense'")]
    [InlineData(Head + "buffers:\n  n: int\nsteps:\n  - call: sync()\n    check: n[0] == 1", 7, 12, "only arrays have elements")]
    [InlineData(Head + "matrix: 5\nsteps: [sync()]", 3, 9, "expected a mapping of variables")]
    [InlineData(Head + "matrix: []\nsteps: [sync()]", 3, 9, "the matrix has no row")]
    [InlineData(Head + "matrix: { a: [] }\nsteps: [sync()]", 3, 14, "the matrix has 0 rows")]
    [InlineData(Head + "matrix: [{ a: 1 }, { a: 1 }]\nsteps: [sync()]", 3, 20, "two rows are called 'a=1'")]
    [InlineData(Head + "matrix: { call: [1] }\nsteps:\n  - $call(3) = 0", 1, 1, "whose values are names")]
    [InlineData(Head + "table: 5\nsteps: [sync()]", 3, 8, "expected a list of rows")]
    [InlineData(Head + "table: [[promise, a]]\nsteps: [sync()]", 3, 8, "the table has no row")]
    [InlineData(Head + "table: [[promise], [x]]\nsteps: [sync()]", 3, 9, "at least two columns")]
    [InlineData(Head + "table: [[promise, a, a], [x, 1, 2]]\nsteps: [sync()]", 3, 9, "two columns are called 'a'")]
    [InlineData(Head + "table: [[promise, a], [x, 1, 2]]\nsteps: [sync()]", 3, 23, "the row has 3 columns; expected 2")]
    [InlineData(Head + "table: [[promise, a], [x, 1], [x, 2]]\nsteps: [sync()]", 3, 31, "two rows of the table are called 'x'")]
    [InlineData(Head + "table: [[promise, a], ['x[1]', 1]]\nsteps: [sync()]", 3, 24, "names no row")]
    [InlineData(Head + "table: [[promise, a, abi], [x, 1, arm]]\nsteps: [sync()]", 3, 35, "expected i386, x86-64 or any")]
    [InlineData(Head + "matrix: { a: [1] }\ntable: [[promise, a], [x, 1]]\nsteps: [sync()]", 4, 23, "is a variable of the matrix and a column")]
    [InlineData(Head + "matrix: { a: ['= {'] }\nsteps: [sync()]", 3, 18, "expected a value")]
    [InlineData(Head + "requires: { abi: arm }\nsteps: [sync()]", 3, 18, "expected i386 or x86-64")]
    [InlineData(Head + "requires: { linux: new }\nsteps: [sync()]", 3, 20, "expected a version")]
    [InlineData(Head + "requires: { abi: x86-64 }\nsteps:\n  - stime(0)", 1, 1, "no ABI has all of the calls")]
    [InlineData(Head + "setup: [{ file: /t/a, dir: /t/b }]\nsteps: [sync()]", 3, 9, "expected one of: file, dir")]
    [InlineData(Head + "setup: [{ symlink: /t/a }]\nsteps: [sync()]", 3, 20, "needs a path and a target")]
    [InlineData(Head + "setup: [{ file: { mode: 0644 } }]\nsteps: [sync()]", 3, 17, "needs 'path'")]
    [InlineData(Head + "setup: [{ folder: /t/a }]\nsteps: [sync()]", 3, 11, "unknown key 'folder'")]
    [InlineData(Head + "as: { user: 5 }\nsteps: [sync()]", 3, 7, "unknown key 'user'")]
    [InlineData(Head + "as: { limits: { RLIMIT_NOFILE: [1, 2, 3] } }\nsteps: [sync()]", 3, 32, "expected [soft, hard]")]
    [InlineData(Head + "end: { files: { /t/a: { colour: red } } }\nsteps: [sync()]", 3, 25, "unknown key 'colour'")]
    [InlineData(Head + "end: { files: { /t/a: { type: blob } } }\nsteps: [sync()]", 3, 31, "expected file, dir, symlink")]
    [InlineData(Head + "end: { fds: { nobody: { 3: closed } } }\nsteps: [sync()]", 3, 28, "there is no task 'nobody'")]
    [InlineData(Head + "oracle: { skip: true }\nsteps: [sync()]", 3, 11, "unknown key 'skip'")]
    [InlineData(Head + "steps: [sync()]\ntasks: { main: [sync()] }", 4, 8, "steps or tasks, not both")]
    [InlineData(Head + "steps: [\"sync()\"", 4, 1, "not YAML")]
    public void A_malformed_case_is_told_with_its_place(string yaml, int line, int column, string expected)
    {
        var file = CaseFile.Parse("case.yaml", yaml + "\n");
        var error = Assert.Single(file.Errors);
        Assert.Empty(file.Cases);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(new SourcePosition("case.yaml", line, column), error.Position);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# no case yet\n")]
    [InlineData("---\n---\n")]
    public void A_file_without_a_case_is_an_error_that_names_it(string text)
    {
        var error = Assert.Single(CaseFile.Parse("case.yaml", text).Errors);
        Assert.StartsWith("case.yaml:1:1: there is no case in the file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_case_fails_alone_and_its_line_counts_from_the_start_of_the_file()
    {
        var file = CaseFile.Parse("case.yaml", Head + "steps: [sync()]\n---\nid: a/c\nabout: y\nsteps: [nosuchcall()]\n---\nid: a/d\nabout: z\nsteps: [sync()]\n");
        Assert.Equal(["a/b", "a/d"], file.Cases.Select(c => c.Id));
        Assert.Equal(7, Assert.Single(file.Errors).Position.Line);
    }

    [Fact]
    public void A_matrix_is_the_product_of_its_lists_in_every_abi_that_has_the_calls()
    {
        var one = Assert.Single(CaseFile.Parse("case.yaml", Head + "matrix: { call: [stat, stat64], path: [\"/t\", NULL] }\nbuffers: { st: stat }\nsteps:\n  - $call($path, &st) = any\n").Cases);
        Assert.Equal(
            ["a/b[call=stat,path=/t]@i386", "a/b[call=stat,path=/t]@x86-64", "a/b[call=stat,path=NULL]@i386", "a/b[call=stat,path=NULL]@x86-64", "a/b[call=stat64,path=/t]@i386", "a/b[call=stat64,path=NULL]@i386"],
            CaseExpander.Expand(one).Select(r => r.Id));
    }

    [Fact]
    public void Each_row_of_a_table_is_a_case_of_its_own_by_the_name_of_its_promise()
    {
        var cases = CaseFile.Parse("case.yaml", Head + "matrix: { call: [stat, lstat] }\ntable:\n  - [promise, path, abi, gives]\n  - [nothing there, \"/t/no\", any, ENOENT]\n  - [a long name, '= repeat(\"n\", 256)', i386, ENAMETOOLONG]\nbuffers: { st: stat }\nsteps:\n  - $call($path, &st) = $gives\n").Cases;
        Assert.Equal(["a/b[nothing there]", "a/b[a long name]"], cases.Select(c => c.Id));
        Assert.Equal([5, 6], cases.Select(c => c.Position.Line - 1));
        Assert.Single(cases.Select(c => c.Document).Distinct());
        Assert.Equal("x: a long name", cases[1].About);
        Assert.Equal(["a/b[a long name][call=stat]@i386", "a/b[a long name][call=lstat]@i386"], CaseExpander.Expand(cases[1]).Select(r => r.Id));
    }

    [Fact]
    public void The_name_of_a_run_is_printable_whatever_its_values_are()
    {
        var one = CaseFile.Parse("a.yaml", "id: a/b\nabout: x\nrequires: { abi: i386 }\nmatrix:\n  - { path: \"\\0t\\x1b\" }\nsteps: [\"open($path, 0) = ENOENT\"]\n").Cases.Single();
        Assert.Equal(["a/b[path=\\0t\\x1b]@i386"], CaseExpander.Expand(one).Select(r => r.Id));
    }

    [Theory]
    [InlineData("{ type: \"char[8]\", at: end-of-memory }", 8)]
    [InlineData("{ value: \"int\" }", 4)]
    [InlineData("\"/t/a\"", 5)]
    [InlineData("int", 4)]
    public void A_type_is_a_type_in_quotes_too_where_only_a_type_can_stand_and_a_text_is_one_with_its_NUL(string buffer, int size)
    {
        var one = Assert.Single(CaseFile.Parse("case.yaml", Head + $"buffers: {{ b: {buffer} }}\nsteps: [sync()]\n").Cases);
        var type = new Evaluator(new ConstantScope(GuestAbi.I386)).Resolve(Assert.Single(one.Buffers).Type);
        Assert.Equal(size, type.Size);
    }

    [Fact]
    public void A_step_whose_condition_is_false_of_the_row_is_no_part_of_the_run()
    {
        var one = Assert.Single(CaseFile.Parse("case.yaml", Head + "matrix: { n: [1, 2] }\nsteps:\n  - { call: sync(), when: n == 1 }\n  - sync()\n").Cases);
        Assert.Equal([2, 2, 1, 1], CaseExpander.Expand(one).Select(r => r.StepCount));
    }
}
