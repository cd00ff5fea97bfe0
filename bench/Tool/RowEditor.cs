namespace Sluice.Bench;

/// <summary>Changes one character of some rows of a CSV in place: the file keeps its length, as after a correction by hand.</summary>
static class RowEditor
{
    /// <param name="file">The file.</param>
    /// <param name="rows">How many rows to change.</param>
    /// <param name="spread">True: evenly over the file. False: side by side in its middle.</param>
    public static void Edit(string file, int rows, bool spread)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        for (var i = 0; i < rows; i++)
        {
            stream.Position = spread ? (2 * i + 1) * stream.Length / (2 * rows) : stream.Position == 0 ? stream.Length / 2 : stream.Position;
            Seek(stream, '\n');

            // The first digit of the id: a cell that no row lacks.
            var at = stream.Position;
            var digit = stream.ReadByte();
            stream.Position = at;
            stream.WriteByte((byte)(digit == '9' ? '1' : digit + 1));
        }
    }

    static void Seek(FileStream stream, char wanted)
    {
        int found;
        do
        {
            found = stream.ReadByte();
        }
        while (found >= 0 && found != wanted);
    }
}
