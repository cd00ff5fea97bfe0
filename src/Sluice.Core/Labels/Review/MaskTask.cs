using Sluice.Embedding;
using Sluice.Labels.Masks;

namespace Sluice.Labels.Review;

/// <summary>Reviewers also mark where in an image the thing is that the label names: they click at it, and get its mask.</summary>
public sealed record MaskTask
{
    /// <summary>Text column with the images. Needed.</summary>
    public string ImageColumn { get; init; } = "";

    /// <summary><c>path</c> (of a file, relative to <c>folder</c>) or <c>base64</c> (the bytes of the file). Default: path.</summary>
    public ImageEncoding Encoding { get; init; } = ImageEncoding.Path;

    /// <summary>For path: the folder of the images, as a file_path of the dataset's pipeline; paths of rows cannot lead out of it. Default: none, and with base64 there is none.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// <c>regions</c> (regions of like colour, without a model), or a model that is exported as Segment Anything is: a folder with <c>*encoder*.onnx</c> and <c>*decoder*.onnx</c>, or
    /// <c>https://…/NAME.zip#sha256=HEX</c>. Default: regions.
    /// </summary>
    public string Model { get; init; } = Segmenters.Regions;

    internal IEnumerable<string> Problems(ReviewRequest request)
    {
        if (ImageColumn.Length == 0)
        {
            yield return "mask.image_column is empty. Name the column with the images.";
        }

        if (ImageColumn.Length > 0 && ImageColumn == request.LabelColumn)
        {
            yield return $"mask.image_column and label_column are both '{ImageColumn}'. The label names what is marked in the image; name another column for it.";
        }

        if (Encoding == ImageEncoding.Path == string.IsNullOrWhiteSpace(Folder))
        {
            yield return "mask.folder says where the files of encoding: path are; with base64 there are none. Give it for path, and only for path.";
        }

        if (request.Crowd is not null)
        {
            yield return "A crowd is shown text and chooses labels; it cannot mark images. Leave crowd out, or mask.";
        }

        if (request.Limit > ReviewImages.MaxItems)
        {
            yield return $"The limit is {request.Limit:N0}; with mask it is at most {ReviewImages.MaxItems:N0}, because the queue keeps a copy of every image. Make several queues.";
        }
    }
}

/// <summary>The image of a row to review: a copy in the queue, so that everybody marks the same pixels whatever becomes of the file.</summary>
/// <param name="Sha256">Of its bytes.</param>
/// <param name="Width">Columns, as it is seen.</param>
/// <param name="Height">Rows.</param>
/// <param name="Name">Path of its file, or the row's key.</param>
public sealed record ReviewedImage(string Sha256, int Width, int Height, string Name);
