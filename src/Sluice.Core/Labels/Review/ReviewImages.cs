using System.Text.Json;
using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Labels.Masks;
using Sluice.Storage;

namespace Sluice.Labels.Review;

/// <summary>The images of a queue: copied into it when it is made, shown to reviewers, and marked.</summary>
public sealed class ReviewImages(ObjectStore store)
{
    /// <summary>Images of one queue at most.</summary>
    public const int MaxItems = 1_000;

    // Of one file, and of the longer side as a reviewer sees it.
    const int MaxBytes = 32 << 20, PreviewSide = 1280;

    /// <summary>Copies the images of the rows that were chosen.</summary>
    /// <param name="queue">Queue that they become part of.</param>
    /// <param name="request">What is reviewed.</param>
    /// <param name="rows">The version.</param>
    /// <param name="chosen">Rows of the queue.</param>
    /// <param name="files">Where paths are looked for.</param>
    /// <param name="cancellation">Stops between images.</param>
    /// <returns>The rows with their images.</returns>
    /// <exception cref="DataException">A row has no image, or one that cannot be marked.</exception>
    public async Task<IReadOnlyList<ReviewedRow>> AddAsync(
        string queue, ReviewRequest request, DatasetRows rows, IReadOnlyList<ReviewedRow> chosen, InputFiles files, CancellationToken cancellation)
    {
        var task = request.Mask!;
        var images = new Dictionary<string, ReviewedImage>(StringComparer.Ordinal);
        var wanted = chosen.Select(r => KeyOf(r.Key)).ToHashSet(StringComparer.Ordinal);
        await foreach (var batch in rows.ReadAsync(cancellation))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                var key = KeyOf([.. request.KeyColumns.Select(c => batch[c].IsNull(row) ? null : batch[c].Display(row))]);
                if (wanted.Remove(key))
                {
                    images[key] = await AddAsync(queue, task, batch, row, key, files, cancellation);
                }
            }
        }

        return [.. chosen.Select(r => r with { Image = images[KeyOf(r.Key)], Row = r.Row.Where(c => task.Encoding == ImageEncoding.Path || c.Key != task.ImageColumn).ToDictionary() })];
    }

    /// <summary>An image as a browser shows it: PNG, smaller if it is large.</summary>
    public async Task<byte[]> PreviewAsync(string queue, ReviewedImage image, CancellationToken cancellation)
    {
        var picture = new Picture(await store.ReadAsync(PathOf(queue, image.Sha256), cancellation), Segmenter.MaxPixels);
        var (width, height) = picture.Within(PreviewSide, enlarge: false);
        return PngFile.Of(picture.Rgb(width, height), width, height);
    }

    /// <summary>The mask of what a reviewer clicks at.</summary>
    /// <exception cref="DataException">A click is outside of the image, or there are too many.</exception>
    public async Task<MaskAnswer> MaskAsync(ReviewPlan plan, ReviewedImage image, IReadOnlyList<Click> clicks, CancellationToken cancellation)
    {
        var segmenter = await Segmenters.OpenAsync(plan.Mask!.Model, cancellation);
        return segmenter.Segment(await store.ReadAsync(PathOf(plan.Queue, image.Sha256), cancellation), clicks, cancellation);
    }

    async Task<ReviewedImage> AddAsync(string queue, MaskTask task, Batch batch, int row, string key, InputFiles files, CancellationToken cancellation)
    {
        try
        {
            var (bytes, name) = await BytesAsync(task, batch, row, files, cancellation);
            var picture = new Picture(bytes, Segmenter.MaxPixels);
            await store.CreateAsync(PathOf(queue, picture.Sha256), bytes, cancellation);
            return new ReviewedImage(picture.Sha256, picture.Width, picture.Height, name ?? key);
        }
        catch (Exception e) when (e is DataException or SourceException)
        {
            throw new DataException($"The row with the key {key} has no image that can be marked: {e.Message} Correct '{task.ImageColumn}', or choose other rows.", e);
        }
    }

    static async Task<(byte[] Bytes, string? Name)> BytesAsync(MaskTask task, Batch batch, int row, InputFiles files, CancellationToken cancellation)
    {
        var column = batch[task.ImageColumn] as TextColumn ?? throw new DataException($"Column '{task.ImageColumn}' is {batch[task.ImageColumn].Type}; expected Text.");
        if (column.IsNull(row) || column[row].IsEmpty)
        {
            throw new DataException("Its cell is empty.");
        }

        if (task.Encoding == ImageEncoding.Base64)
        {
            return (ImageCells.Decode(column[row], MaxBytes, out _) ?? throw new DataException($"Its cell is no base64 of at most {MaxBytes:N0} bytes."), null);
        }

        var name = ImagePaths.Name(column[row]) ?? throw new DataException($"The path '{column.Display(row)}' leads out of the folder, or could. Expected a path relative to '{task.Folder}'.");
        using var local = await files.OpenAsync($"{task.Folder!.TrimEnd('/', '\\')}/{name}", cancellation);
        return new FileInfo(local.Path).Length is var length and > MaxBytes
            ? throw new DataException($"The file '{name}' has {length:N0} bytes; expected at most {MaxBytes:N0}.")
            : (await File.ReadAllBytesAsync(local.Path, cancellation), name);
    }

    static string KeyOf(IReadOnlyList<string?> key) => JsonSerializer.Serialize(key);

    static string PathOf(string queue, string sha256) => $"reviews/{queue}/images/{sha256}";
}
