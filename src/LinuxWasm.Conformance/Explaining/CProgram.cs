using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Explaining;

/// <summary>
/// A run as a C program that makes the same calls by syscall(2) and prints what they give, for anybody who wants to see for himself. Built
/// with -m32 it makes i386's calls. It is to be run in an empty directory of its own; the main task's steps only.
/// </summary>
public static class CProgram
{
    public static string Write(CaseRun run)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"/* {run.Id}: {run.Case.About}");
        text.AppendLine(CultureInfo.InvariantCulture, $"   cc{(run.Abi == GuestAbi.I386 ? " -m32" : "")} -o case case.c && ./case     needs /t to be a directory that may be written */");
        text.AppendLine("#include <errno.h>").AppendLine("#include <stdint.h>").AppendLine("#include <stdio.h>").AppendLine("#include <string.h>").AppendLine("#include <unistd.h>").AppendLine();
        text.AppendLine("static long call(const char *text, long nr, long a, long b, long c, long d, long e, long f)").AppendLine("{");
        text.AppendLine("    long result = syscall(nr, a, b, c, d, e, f);");
        text.AppendLine("    if (result == -1) printf(\"%s = -1 %s\\n\", text, strerror(errno)); else printf(\"%s = %ld\\n\", text, result);");
        text.AppendLine("    return result;").AppendLine("}").AppendLine();
        foreach (var buffer in run.Buffers)
            text.AppendLine(CultureInfo.InvariantCulture, $"static unsigned char {buffer.Name}[{SizeOf(run, buffer)}];  /* {ExpressionText.Of(buffer.Type)} */");
        text.AppendLine().AppendLine("int main(void)").AppendLine("{");
        foreach (var name in Captured(run))
            text.AppendLine(CultureInfo.InvariantCulture, $"    long {name} = 0;");
        foreach (var buffer in run.Buffers)
            WriteBuffer(run, buffer, text);
        foreach (var step in run.Tasks[0].Steps)
            WriteStep(run, step, text);
        return text.AppendLine("    return 0;").AppendLine("}").ToString();
    }

    private static int SizeOf(CaseRun run, BufferSpec buffer) => new Evaluator(new ConstantScope(run.Abi)).Resolve(buffer.Type).Size;

    private static IEnumerable<string> Captured(CaseRun run) =>
        run.Tasks[0].Steps.SelectMany(RunValidator.CapturedBy).Distinct();

    private static void WriteBuffer(CaseRun run, BufferSpec buffer, StringBuilder text)
    {
        if (buffer.Value is null)
        {
            var fill = buffer.Fill is null ? "0xa5" : ExpressionText.Of(buffer.Fill);
            text.AppendLine(CultureInfo.InvariantCulture, $"    memset({buffer.Name}, {fill}, sizeof {buffer.Name});");
            return;
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"    /* {buffer.Name} = {ExpressionText.Of(buffer.Value)} */");
        AppendBytes(run, new InitializerExpression(buffer.Type, buffer.Value, 0), buffer.Name, text);
    }

    private static void WriteStep(CaseRun run, StepSpec step, StringBuilder text)
    {
        if (CallTable.IsPseudo(step.Call.Name))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    /* {ExpressionText.Of(step.Call)} */");
            return;
        }

        var before = new StringBuilder();
        var arguments = new List<string>();
        for (var i = 0; i < step.Call.Arguments.Count; i++)
        {
            var argument = step.Call.Arguments[i];
            if (CallTable.IsPair(step.Call.Name, i, run.Abi))
                arguments.AddRange([$"(long)(uint32_t)({Expression(run, argument)}ll)", $"(long)(({Expression(run, argument)}ll) >> 32)"]);
            else if (argument is InitializerExpression)
            {
                var name = "value" + i.ToString(CultureInfo.InvariantCulture);
                before.AppendLine(CultureInfo.InvariantCulture, $"        unsigned char {name}[{new Evaluator(new ConstantScope(run.Abi)).Evaluate(new SizeofExpression(((InitializerExpression)argument).Type, 0)).Number}];  /* {ExpressionText.Of(argument)} */");
                AppendBytes(run, argument, name, before);
                arguments.Add($"(long){name}");
            }
            else
                arguments.Add($"(long)({Expression(run, argument)})");
        }

        while (arguments.Count < 6)
            arguments.Add("0");
        var captured = step.Expected is VariableExpression variable ? variable.Name + " = " : "";
        text.AppendLine("    {").Append(before);
        text.AppendLine(CultureInfo.InvariantCulture, $"        {captured}call({Quote(ExpressionText.Of(step.Call))}, {CallTable.Find(step.Call.Name, run.Abi)}, {string.Join(", ", arguments)});");
        text.AppendLine("    }");
    }

    /// <summary>Bytes that are known now are written as they are; pointers in structures can't be, and are set one by one.</summary>
    private static void AppendBytes(CaseRun run, Expression value, string name, StringBuilder text)
    {
        try
        {
            var bytes = new Evaluator(new ConstantScope(run.Abi)).Evaluate(value).Bytes!;
            text.AppendLine(CultureInfo.InvariantCulture, $"    memcpy({name}, \"{string.Concat(bytes.Select(b => $"\\{Convert.ToString(b, 8).PadLeft(3, '0')}"))}\", {bytes.Length});");
        }
        catch (EvaluationException)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    memset({name}, 0, sizeof {name});  /* to be filled in: it points to other buffers */");
        }
    }

    private static string Expression(CaseRun run, Expression expression) => expression switch
    {
        TextExpression or FunctionExpression { Name: "repeat" } => Text(new Evaluator(new ConstantScope(run.Abi)).Evaluate(expression).Bytes!),
        NameExpression name when run.Buffers.Any(b => b.Name == name.Name) => name.Name,
        NameExpression name => (ConstantTable.Find(name.Name, run.Abi) ?? 0).ToString(CultureInfo.InvariantCulture) + $" /* {name.Name} */",
        VariableExpression variable => variable.Name,
        AddressExpression { Place: NameExpression place } => place.Name,
        AddressExpression address => "0 /* " + ExpressionText.Of(address) + " */",
        UnaryExpression unary => $"{unary.Operator}({Expression(run, unary.Operand)})",
        BinaryExpression binary => $"({Expression(run, binary.Left)} {binary.Operator} {Expression(run, binary.Right)})",
        NumberExpression number => number.Value.ToString(CultureInfo.InvariantCulture),
        _ => Constant(run, expression),
    };

    private static string Constant(CaseRun run, Expression expression)
    {
        try
        {
            return new Evaluator(new ConstantScope(run.Abi)).Evaluate(expression).Number.ToString(CultureInfo.InvariantCulture);
        }
        catch (EvaluationException)
        {
            return $"0 /* {ExpressionText.Of(expression)} */";
        }
    }

    private static string Text(byte[] bytes) => "\"" + string.Concat(bytes.Select(b => b is >= 0x20 and < 0x7f and not ((byte)'"' or (byte)'\\' or (byte)'?') ? ((char)b).ToString() : $"\\{Convert.ToString(b, 8).PadLeft(3, '0')}")) + "\"";

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
