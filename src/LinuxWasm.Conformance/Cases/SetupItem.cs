using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Cases;

/// <summary>Something that is in the tree before the first step. Values are expressions, so that a matrix can vary them.</summary>
public abstract record SetupItem(Expression Path, SourcePosition Position)
{
    public Expression? Mode { get; init; }

    public Expression? Owner { get; init; }

    public Expression? Group { get; init; }

    /// <summary>Seconds since 1970 of both atime and mtime.</summary>
    public Expression? Time { get; init; }
}

/// <param name="Size">The file is extended with a hole to this size; null leaves it as long as its content.</param>
public sealed record SetupFile(Expression Path, Expression? Content, Expression? Size, SourcePosition Position) : SetupItem(Path, Position);

public sealed record SetupDirectory(Expression Path, SourcePosition Position) : SetupItem(Path, Position);

public sealed record SetupSymlink(Expression Path, Expression Target, SourcePosition Position) : SetupItem(Path, Position);

/// <summary>A further name of a file that an earlier item made.</summary>
public sealed record SetupLink(Expression Path, Expression Target, SourcePosition Position) : SetupItem(Path, Position);

/// <summary>A fifo, or a socket's name: what mknod can make without privilege.</summary>
public sealed record SetupNode(Expression Path, Expression Type, SourcePosition Position) : SetupItem(Path, Position);

public sealed record SetupMount(Expression Path, Expression FileSystem, Expression? Flags, Expression? Options, SourcePosition Position) : SetupItem(Path, Position);
