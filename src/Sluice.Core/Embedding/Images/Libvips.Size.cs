using System.Runtime.InteropServices;

namespace Sluice.Embedding;

/// <summary>What a file's header says of an image's size; no pixel is decoded for it.</summary>
static partial class Libvips
{
    /// <summary>Width times height.</summary>
    /// <exception cref="DataException">The bytes are no image that can be read, or libvips is not here.</exception>
    public static long PixelsOf(ReadOnlySpan<byte> file)
    {
        var (width, height) = SizeOf(file);
        return (long)width * height;
    }

    /// <summary>Width and height as the image is seen: turned as its EXIF data say.</summary>
    /// <exception cref="DataException">The bytes are no image that can be read, or libvips is not here.</exception>
    public static unsafe (int Width, int Height) SizeOf(ReadOnlySpan<byte> file)
    {
        if (problem.Value is { } missing)
        {
            throw new DataException(missing);
        }

        fixed (byte* bytes = file)
        {
            var loader = FindLoader(bytes, (nuint)file.Length);
            if (loader == 0)
            {
                throw Unreadable();
            }

            var operation = New(Marshal.PtrToStringUTF8(loader)!);
            try
            {
                SetBlob(operation, "buffer", bytes, file.Length);
                Check(Build(ref operation));
                var value = default(Value);
                InitValue(ref value, ImageType());
                GetProperty(operation, "out", ref value);
                try
                {
                    var image = GetObject(ref value);
                    return IsOnItsSide(image) != 0 ? (Height(image), Width(image)) : (Width(image), Height(image));
                }
                finally
                {
                    UnsetValue(ref value);
                }
            }
            finally
            {
                UnrefOutputs(operation);
                Unref(operation);
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "vips_foreign_find_load_buffer")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static unsafe partial nint FindLoader(void* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "vips_image_get_width")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int Width(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_height")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int Height(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_get_orientation_swap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int IsOnItsSide(nint image);
}
