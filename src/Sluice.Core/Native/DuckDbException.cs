using System.Runtime.InteropServices;

namespace Sluice.Native;

/// <summary>What DuckDB said went wrong. Callers translate it: they know which file and which step.</summary>
sealed class DuckDbException(string message, Exception? inner = null) : Exception(message, inner)
{
    const int MaxMessageLength = 500;

    /// <summary>What kind of error it is, from the words before the first colon of DuckDB's message.</summary>
    public DuckDbErrorKind Kind { get; } = KindOf(message);

    /// <summary>Makes the exception from a C string that DuckDB owns: its first line, of at most 500 characters.</summary>
    internal static DuckDbException From(nint message)
    {
        var text = Marshal.PtrToStringUTF8(message)?.Trim() ?? "";
        var line = text.Split('\n', 2)[0].TrimEnd();
        if (line.Length > MaxMessageLength)
        {
            line = line[..MaxMessageLength] + "…";
        }
        return new DuckDbException(line.Length == 0 ? "DuckDB failed without a message." : line);
    }

    static DuckDbErrorKind KindOf(string message) => message.Split(':', 2)[0] switch
    {
        "IO Error" => DuckDbErrorKind.Io,
        "Out of Memory Error" => DuckDbErrorKind.OutOfMemory,
        "Conversion Error" or "Out of Range Error" => DuckDbErrorKind.Conversion,
        "Parser Error" or "Syntax Error" => DuckDbErrorKind.Parser,
        "Binder Error" or "Catalog Error" => DuckDbErrorKind.Binder,
        "Invalid Input Error" => DuckDbErrorKind.InvalidInput,
        "INTERRUPT Error" => DuckDbErrorKind.Interrupted,
        _ => DuckDbErrorKind.Other,
    };
}

/// <summary>Kinds of errors that callers tell apart.</summary>
enum DuckDbErrorKind
{
    Other,

    /// <summary>A file is missing, unreadable, not writable, or the disk is full.</summary>
    Io,

    /// <summary>The memory limit, or the limit of the folder for temporary files, was reached.</summary>
    OutOfMemory,

    /// <summary>A value does not fit the type it is read or cast as.</summary>
    Conversion,

    /// <summary>The SQL is not SQL.</summary>
    Parser,

    /// <summary>The SQL names a table, column or function that is not there, or mixes types.</summary>
    Binder,

    /// <summary>The content is not what it should be: a damaged Parquet file, a malformed CSV.</summary>
    InvalidInput,

    /// <summary>The query was interrupted, and not by the token of the call.</summary>
    Interrupted,
}
