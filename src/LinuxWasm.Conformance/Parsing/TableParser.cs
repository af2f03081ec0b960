using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Parsing;

/// <summary>
/// A table: its first row names the columns, each further row is a case of its own, named after its first column. The other columns are
/// variables, as a matrix has them; a column <c>abi</c> restricts the row.
/// </summary>
internal sealed class TableParser(DocumentSource source)
{
    private const string EveryAbi = "any";

    public IReadOnlyList<ConformanceCase> Rows(ConformanceCase document, YamlNode node)
    {
        var rows = source.Sequence(node, "a list of rows, the first of which names the columns").Children;
        if (rows.Count < 2)
            throw source.Error(node, "the table has no row; expected the names of its columns and at least one row");
        var columns = Columns(rows[0]);
        var cases = new List<ConformanceCase>();
        foreach (var row in rows.Skip(1))
        {
            var one = Row(document, columns, row);
            if (cases.Any(c => c.Id == one.Id))
                throw source.Error(row, $"two rows of the table are called '{RowName(row)}'");
            cases.Add(one);
        }

        return cases;
    }

    private List<string> Columns(YamlNode node)
    {
        var names = source.Sequence(node, "the names of the columns: [promise, ...]").Children.Select(c => source.Text(c, "the name of a column")).ToList();
        if (names.Count < 2)
            throw source.Error(node, "expected the names of at least two columns: the promise and a variable");
        foreach (var column in ((YamlSequenceNode)node).Children.Skip(1))
            source.Word(column, Forms.NameExpected, Forms.Name);
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw source.Error(node, $"two columns are called '{twice.Key}'");
        return names;
    }

    private ConformanceCase Row(ConformanceCase document, List<string> columns, YamlNode node)
    {
        var cells = source.Sequence(node, $"a row: [{string.Join(", ", columns)}]").Children;
        if (cells.Count != columns.Count)
            throw source.Error(node, $"the row has {cells.Count} columns; expected {columns.Count}: {string.Join(", ", columns)}");
        var name = RowName(node);
        if (name.Length == 0 || name.AsSpan().ContainsAny("[]@"))
            throw source.Error(cells[0], $"'{name}' names no row; expected what the row promises, without brackets and '@'");

        var values = new Dictionary<string, Expression>();
        GuestAbi? abi = null;
        for (var i = 1; i < cells.Count; i++)
        {
            if (columns[i] != "abi")
                values[columns[i]] = source.Expression(cells[i], $"a value for '{columns[i]}'");
            else if (source.Text(cells[i], "i386, x86-64 or any") is not EveryAbi and var text)
                abi = GuestAbis.Parse(text) ?? throw source.Error(cells[i], $"expected i386, x86-64 or {EveryAbi}");
        }

        return document with
        {
            Id = $"{document.Id}[{name}]",
            About = $"{document.About}: {name}",
            Matrix = [.. document.Matrix.Select(row => Join(row, values, abi, node))],
            Position = source.PositionOf(node),
        };
    }

    private MatrixRow Join(MatrixRow row, Dictionary<string, Expression> values, GuestAbi? abi, YamlNode node)
    {
        var joined = new Dictionary<string, Expression>(row.Values);
        foreach (var (name, value) in values)
        {
            if (!joined.TryAdd(name, value))
                throw source.Error(node, $"'{name}' is a variable of the matrix and a column of the table");
        }

        return new MatrixRow(row.Label, joined, abi ?? row.Abi);
    }

    private string RowName(YamlNode row) => source.Label(((YamlSequenceNode)row).Children[0], "what the row promises");
}
