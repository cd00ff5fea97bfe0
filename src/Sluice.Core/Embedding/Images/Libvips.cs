using System.Runtime.InteropServices;

namespace Sluice.Embedding;

/// <summary>
/// The little of libvips that decoding and resizing takes. Its C functions take variable arguments, which .NET cannot call everywhere, so operations are built
/// as GObjects, property by property, as other bindings do.
/// </summary>
static partial class Libvips
{
    const string Library = "vips";

    // GType of the fundamental types (gtype.h): the number shifted by 2.
    const nint TypeInt = 6 << 2;
    static readonly Lazy<string?> problem = new(Start);

    /// <summary>Why no image at all can be read here; null: images can be read.</summary>
    public static string? Problem => problem.Value;

    /// <summary>An image of the given size, in 8-bit sRGB with 1 to 4 bands, turned as its EXIF data say.</summary>
    /// <exception cref="DataException">The bytes are no image that can be read, or libvips is not here.</exception>
    public static unsafe (byte[] Pixels, int Bands) Thumbnail(ReadOnlySpan<byte> file, int width, int height)
    {
        if (problem.Value is { } missing)
        {
            throw new DataException(missing);
        }

        fixed (byte* bytes = file)
        {
            var operation = New("thumbnail_buffer");
            try
            {
                SetBlob(operation, "buffer", bytes, file.Length);
                SetInt(operation, "width", width);
                SetInt(operation, "height", height);
                // Squeezed, not cut; a picture that is cut in its middle is an error and not half grey.
                Check(SetFromString(operation, "size=force,fail_on=error"));
                Check(Build(ref operation));
                return Pixels(operation, width, height);
            }
            finally
            {
                UnrefOutputs(operation);
                Unref(operation);
            }
        }
    }

    static unsafe (byte[] Pixels, int Bands) Pixels(nint operation, int width, int height)
    {
        var value = default(Value);
        InitValue(ref value, ImageType());
        GetProperty(operation, "out", ref value);
        try
        {
            var image = GetObject(ref value);
            var memory = WriteToMemory(image, out var size);
            if (memory == null)
            {
                throw Unreadable();
            }

            try
            {
                var bands = Bands(image);
                return (nuint)(width * height * bands) == size
                    ? (new ReadOnlySpan<byte>(memory, (int)size).ToArray(), bands)
                    : throw new DataException($"The image has {size} bytes for {width} × {height} pixels in {bands} bands; expected 8 bits a band.");
            }
            finally
            {
                Free(memory);
            }
        }
        finally
        {
            UnsetValue(ref value);
        }
    }

    static unsafe void SetBlob(nint operation, string name, byte* bytes, int length)
    {
        var value = default(Value);
        InitValue(ref value, BlobType());
        // No function to free it: it is ours, and stays for the call.
        SetValueBlob(ref value, 0, bytes, (nuint)length);
        SetProperty(operation, name, ref value);
        UnsetValue(ref value);
    }

    static void SetInt(nint operation, string name, int number)
    {
        var value = default(Value);
        InitValue(ref value, TypeInt);
        SetValueInt(ref value, number);
        SetProperty(operation, name, ref value);
        UnsetValue(ref value);
    }

    static void Check(int result)
    {
        if (result != 0)
        {
            throw Unreadable();
        }
    }

    static DataException Unreadable()
    {
        var said = Marshal.PtrToStringUTF8(ErrorBuffer())?.Trim().Replace('\n', ' ') ?? "";
        ClearErrors();
        return new DataException($"The image cannot be read: {said}. Expected JPEG, PNG, WebP, GIF, TIFF or AVIF.");
    }

    static string? Start()
    {
        try
        {
            if (Init("sluice") != 0)
            {
                return "libvips cannot be started, so images are not read.";
            }

            // Images come from anywhere: only loaders that are tested against hostile files. One thread: callers work in parallel.
            BlockUntrusted(1);
            SetConcurrency(1);
            SetCacheMax(0);
            return null;
        }
        catch (DllNotFoundException)
        {
            return "libvips is not here, so images are not read. The npm package has it for Linux and macOS, x64 and arm64; put libvips beside the app.";
        }
    }

    [LibraryImport(Library, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int Init(string program);

    [LibraryImport(Library, EntryPoint = "vips_block_untrusted_set")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void BlockUntrusted(int state);

    [LibraryImport(Library, EntryPoint = "vips_concurrency_set")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void SetConcurrency(int threads);

    [LibraryImport(Library, EntryPoint = "vips_cache_set_max")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void SetCacheMax(int operations);

    [LibraryImport(Library, EntryPoint = "vips_error_buffer")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint ErrorBuffer();

    [LibraryImport(Library, EntryPoint = "vips_error_clear")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "vips_operation_new", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint New(string name);

    [LibraryImport(Library, EntryPoint = "vips_object_set_from_string", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int SetFromString(nint operation, string options);

    [LibraryImport(Library, EntryPoint = "vips_cache_operation_buildp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int Build(ref nint operation);

    [LibraryImport(Library, EntryPoint = "vips_object_unref_outputs")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void UnrefOutputs(nint operation);

    [LibraryImport(Library, EntryPoint = "vips_image_get_bands")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int Bands(nint image);

    [LibraryImport(Library, EntryPoint = "vips_image_write_to_memory")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static unsafe partial void* WriteToMemory(nint image, out nuint size);

    [LibraryImport(Library, EntryPoint = "vips_image_get_type")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint ImageType();

    [LibraryImport(Library, EntryPoint = "vips_blob_get_type")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint BlobType();

    [LibraryImport(Library, EntryPoint = "vips_value_set_blob")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static unsafe partial void SetValueBlob(ref Value value, nint free, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "g_value_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint InitValue(ref Value value, nint type);

    [LibraryImport(Library, EntryPoint = "g_value_unset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void UnsetValue(ref Value value);

    [LibraryImport(Library, EntryPoint = "g_value_set_int")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void SetValueInt(ref Value value, int number);

    [LibraryImport(Library, EntryPoint = "g_value_get_object")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint GetObject(ref Value value);

    [LibraryImport(Library, EntryPoint = "g_object_set_property", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void SetProperty(nint target, string name, ref Value value);

    [LibraryImport(Library, EntryPoint = "g_object_get_property", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void GetProperty(nint target, string name, ref Value value);

    [LibraryImport(Library, EntryPoint = "g_object_unref")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial void Unref(nint target);

    [LibraryImport(Library, EntryPoint = "g_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static unsafe partial void Free(void* memory);

    /// <summary>A GValue (gvalue.h).</summary>
    struct Value
    {
        nint type;
        long first, second;
    }
}
