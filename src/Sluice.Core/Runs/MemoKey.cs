using System.Security.Cryptography;
using System.Text;

namespace Sluice.Runs;

/// <summary>
/// The name of a piece of work by everything its result depends on: inputs, options, code versions, fitted parameters. Equal key, equal
/// result: so a second delivery, a resumed run and a run after a small edit find finished work instead of doing it again.
/// </summary>
public sealed class MemoKey
{
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Version of the engine's own part of every result (file format, hashing, borders).</summary>
    public const string Engine = "sluice-1";

    public MemoKey(string kind)
    {
        Add(Engine);
        Add(kind);
        Add(RowHash.Version.ToString());
    }

    /// <summary>Adds a part; parts are length-prefixed, so that ("ab","c") and ("a","bc") differ.</summary>
    public MemoKey Add(string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
        return this;
    }

    public string Value() => Convert.ToHexStringLower(hash.GetHashAndReset());

    /// <summary>Object path of the memo under a key.</summary>
    public static string PathOf(string key) => $"memo/{key[..2]}/{key}.json";
}
