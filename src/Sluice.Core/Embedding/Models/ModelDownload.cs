using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Sluice.Embedding;

/// <summary>Models from the web: an archive by address and SHA-256, fetched once for a machine. Without the checksum nothing is fetched, and with another nothing is unpacked.</summary>
sealed partial class ModelDownload(HttpClient client, string cache)
{
    const string Fragment = "#sha256=";

    /// <summary>Where models are kept unless told otherwise.</summary>
    public static string DefaultCache() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } folder ? folder : Path.GetTempPath(), "sluice", "models");

    /// <summary>Whether a model's name is an address.</summary>
    public static bool IsAddress(string name) => name.Contains("://", StringComparison.Ordinal);

    /// <summary>Why an address cannot be used, or null.</summary>
    public static string? Problem(string name)
    {
        var at = name.IndexOf(Fragment, StringComparison.Ordinal);
        var isFine = at > 0 && Uri.TryCreate(name[..at], UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && (address.AbsolutePath.EndsWith(".zip", StringComparison.Ordinal) || address.AbsolutePath.EndsWith(".tar.gz", StringComparison.Ordinal)) && Checksum().IsMatch(name[(at + Fragment.Length)..]);
        return isFine ? null : $"The model '{name}' cannot be fetched. Expected 'https://…/NAME.zip#sha256=HEX' or '.tar.gz', with 64 hex digits of the archive's SHA-256.";
    }

    /// <summary>The folder of the unpacked model.</summary>
    /// <exception cref="DataException">The address is not usable, the archive has another checksum, or is no archive.</exception>
    /// <exception cref="TransientException">The server does not answer.</exception>
    public async Task<string> FolderAsync(string name, CancellationToken cancellation)
    {
        if (Problem(name) is { } problem)
        {
            throw new DataException(problem);
        }

        var at = name.IndexOf(Fragment, StringComparison.Ordinal);
        var (address, expected) = (new Uri(name[..at]), name[(at + Fragment.Length)..].ToLowerInvariant());
        var folder = Path.Combine(cache, expected);
        if (Directory.Exists(folder))
        {
            return Root(folder);
        }

        Directory.CreateDirectory(cache);
        var scratch = Path.Combine(cache, Guid.CreateVersion7().ToString("N"));
        try
        {
            await FetchAsync(address, scratch + ".archive", expected, cancellation);
            await UnpackAsync(address, scratch, cancellation);
            Publish(scratch, folder);
            return Root(folder);
        }
        finally
        {
            File.Delete(scratch + ".archive");
            if (Directory.Exists(scratch))
            {
                Directory.Delete(scratch, recursive: true);
            }
        }
    }

    async Task FetchAsync(Uri address, string file, string expected, CancellationToken cancellation)
    {
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if ((int)response.StatusCode is 408 or 429 or >= 500)
            {
                throw new TransientException($"The model at '{address}' cannot be fetched now: status {(int)response.StatusCode}.");
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new DataException($"The model at '{address}' cannot be fetched: status {(int)response.StatusCode}. Correct the address, or use a folder.");
            }

            await using (var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write))
            {
                await response.Content.CopyToAsync(stream, cancellation);
            }
        }
        catch (HttpRequestException e)
        {
            throw new TransientException($"The model at '{address}' cannot be fetched: {e.Message}", e);
        }

        await using var written = File.OpenRead(file);
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(written, cancellation));
        if (found != expected)
        {
            throw new DataException($"The model at '{address}' has another checksum: found SHA-256 {found}, expected {expected}. Nothing was unpacked. Make sure that it is the model you want.");
        }
    }

    static async Task UnpackAsync(Uri address, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        try
        {
            if (address.AbsolutePath.EndsWith(".zip", StringComparison.Ordinal))
            {
                await ZipFile.ExtractToDirectoryAsync(folder + ".archive", folder, cancellation);
            }
            else
            {
                await using var file = File.OpenRead(folder + ".archive");
                await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
                await TarFile.ExtractToDirectoryAsync(unzipped, folder, overwriteFiles: false, cancellation);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or EndOfStreamException)
        {
            throw new DataException($"The model at '{address}' is no archive that can be unpacked: {e.Message}", e);
        }
    }

    static void Publish(string scratch, string folder)
    {
        try
        {
            Directory.Move(scratch, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was first, with the same bytes.
        }
    }

    // Archives often hold one folder that holds all.
    static string Root(string folder) => Directory.GetFileSystemEntries(folder) is [var only] && Directory.Exists(only) ? only : folder;

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Checksum();
}
