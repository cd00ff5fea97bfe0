using System.Text;

namespace Sluice.Pipelines;

/// <summary>The text of a pipeline file.</summary>
static class PipelineFile
{
    /// <exception cref="PipelineException">It cannot be read.</exception>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        PipelineException Unreadable(string why, Exception? inner) => new($"The pipeline file '{path}' {why}", inner);
        try
        {
            if (Directory.Exists(path))
            {
                throw Unreadable("is a folder. Name the YAML file in it.", null);
            }

            // UTF-8 has at most three bytes per UTF-16 unit.
            if (new FileInfo(path) is { Exists: true, Length: > 3L * YamlReader.MaxChars } file)
            {
                throw Unreadable($"has {file.Length:N0} bytes; a pipeline may have {YamlReader.MaxChars:N0} characters. Is it the data?", null);
            }

            var bytes = await File.ReadAllBytesAsync(path, cancellation);
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable($"does not exist. The current folder is '{Directory.GetCurrentDirectory()}'.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw Unreadable("cannot be read: permission denied. Give this user read permission for it.", error);
        }
        catch (IOException error)
        {
            throw Unreadable($"cannot be read: {error.Message}", error);
        }
        catch (DecoderFallbackException error)
        {
            throw Unreadable("is not UTF-8 text. Save it as UTF-8.", error);
        }
    }
}
