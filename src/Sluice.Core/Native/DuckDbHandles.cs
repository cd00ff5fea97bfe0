using Microsoft.Win32.SafeHandles;

namespace Sluice.Native;

sealed class DuckDbDatabaseHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbLibrary.Close(ref handle);
        return true;
    }
}

sealed class DuckDbConnectionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbLibrary.Disconnect(ref handle);
        return true;
    }
}

sealed class DuckDbStatementHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        DuckDbLibrary.DestroyPrepare(ref handle);
        return true;
    }
}
