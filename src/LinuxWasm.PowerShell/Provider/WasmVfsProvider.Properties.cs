using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using LinuxWasm.Machine;

namespace LinuxWasm.PowerShell.Provider;

/// <content>Get-ItemProperty and Set-ItemProperty: mode, owner, times.</content>
public sealed partial class WasmVfsProvider
{
    private const string Settable = "Permissions, UserId, GroupId, LastAccessTime, LastWriteTime";

    public void GetProperty(string path, Collection<string> providerSpecificPickList)
    {
        var item = GuestPaths.Absolute(path);
        if (Get(item, tree => Describe(tree, item)) is not { } file)
            return;
        var whole = PSObject.AsPSObject(file);
        if (providerSpecificPickList is not { Count: > 0 })
        {
            WritePropertyObject(whole, item);
            return;
        }

        var picked = new PSObject();
        foreach (var name in providerSpecificPickList)
        {
            if (whole.Properties[name] is { } property)
                picked.Properties.Add(new PSNoteProperty(property.Name, property.Value));
            else
                WriteError(ErrorRecords.Of("PropertyNotFound", ErrorCategory.ObjectNotFound, $"A file has no property '{name}'; it has {string.Join(", ", whole.Properties.Select(one => one.Name))}.", name));
        }

        WritePropertyObject(picked, item);
    }

    public void SetProperty(string path, PSObject propertyValue)
    {
        var item = GuestPaths.Absolute(path);
        foreach (var property in propertyValue.Properties)
        {
            if (Change(property.Name, property.Value) is { } change)
                Do(item, $"Set {property.Name}", tree => change(tree, item));
        }
    }

    public void ClearProperty(string path, Collection<string> propertyToClear) =>
        WriteError(ErrorRecords.Of("NotClearable", ErrorCategory.InvalidOperation, $"Properties of files can't be cleared; Set-ItemProperty sets {Settable}.", path));

    public object? GetPropertyDynamicParameters(string path, Collection<string> providerSpecificPickList) => null;

    public object? SetPropertyDynamicParameters(string path, PSObject propertyValue) => null;

    public object? ClearPropertyDynamicParameters(string path, Collection<string> propertyToClear) => null;

    /// <summary>What setting a property does; null, with an error written, where it can't be set to that.</summary>
    private Action<GuestTree, string>? Change(string name, object? value)
    {
        const uint Unchanged = uint.MaxValue;
        try
        {
            switch (name.ToUpperInvariant())
            {
                case "PERMISSIONS" or "MODE":
                    var mode = Octal(value);
                    return (tree, path) => tree.ChangeMode(path, mode);
                case "USERID":
                    var uid = LanguagePrimitives.ConvertTo<uint>(value);
                    return (tree, path) => tree.ChangeOwner(path, uid, Unchanged);
                case "GROUPID":
                    var gid = LanguagePrimitives.ConvertTo<uint>(value);
                    return (tree, path) => tree.ChangeOwner(path, Unchanged, gid);
                case "LASTACCESSTIME":
                    var accessed = GuestTime.From(LanguagePrimitives.ConvertTo<DateTime>(value));
                    return (tree, path) => tree.SetTimes(path, accessed, null);
                case "LASTWRITETIME":
                    var modified = GuestTime.From(LanguagePrimitives.ConvertTo<DateTime>(value));
                    return (tree, path) => tree.SetTimes(path, null, modified);
            }
        }
        catch (Exception wrong) when (wrong is FormatException or PSInvalidCastException)
        {
            WriteError(new ErrorRecord(wrong, "InvalidValue", ErrorCategory.InvalidArgument, value));
            return null;
        }

        WriteError(ErrorRecords.Of("NotSettable", ErrorCategory.InvalidOperation, $"'{name}' can't be set; {Settable} can.", name));
        return null;
    }

    /// <summary>PowerShell has no octal numbers: a mode is a text.</summary>
    private static uint Octal(object? value)
    {
        var text = value is PSObject { BaseObject: string wrapped } ? wrapped : value as string;
        try
        {
            if (text is not null && Convert.ToUInt32(text, 8) is <= 0xFFF and var mode)
                return mode;
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or ArgumentException)
        {
            // Said below.
        }

        throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{value}' is no mode: octal digits in quotes are expected, such as '0644'"));
    }
}
