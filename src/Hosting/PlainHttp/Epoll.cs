using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EContract.Hosting.PlainHttp;

/// <summary>
/// Linux' epoll(7), edge-triggered: of many threads that wait, one hears that something came to a connection, once for what came. It
/// costs no call to go on waiting, but what nobody read is not told again unless it is asked for.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const uint Input = 0x001;
    private const uint PeerClosed = 0x2000; // EPOLLRDHUP
    private const uint EdgeTriggered = 1u << 31;
    private const long WakeId = -1;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private readonly SafeFileHandle _epoll = Checked(epoll_create1(CloseOnExec));
    private SafeFileHandle? _wake;

    /// <summary>Waits for one connection that has something to read or is closed; false: <see cref="Wake"/> was called.</summary>
    /// <param name="isClosed">The peer sends no more.</param>
    public bool Wait(out long id, out bool isClosed)
    {
        Span<byte> ready = stackalloc byte[16];
        int count;
        do
        {
            count = epoll_wait(_epoll, ref MemoryMarshal.GetReference(ready), 1, -1);
        } while (count == 0 || (count < 0 && Marshal.GetLastPInvokeError() == 4)); // EINTR

        Check(count);
        id = MemoryMarshal.Read<long>(ready[DataOffset..]);
        isClosed = (MemoryMarshal.Read<uint>(ready) & PeerClosed) != 0;
        return id != WakeId;
    }

    /// <summary>Registers the socket.</summary>
    public void Watch(Socket socket, long id) => Control(Add, socket.SafeHandle, id, EdgeTriggered);

    /// <summary>Tells again, behind the others that are ready, what is there to read.</summary>
    public void TellAgain(Socket socket, long id) => Control(Modify, socket.SafeHandle, id, EdgeTriggered);

    /// <summary>Forgets the socket.</summary>
    public void Remove(Socket socket) => Control(Delete, socket.SafeHandle, 0, 0);

    /// <summary>Every thread that waits, now or later, is told so.</summary>
    public void Wake()
    {
        // Readable from the beginning, and nobody reads it.
        _wake = Checked(eventfd(1, CloseOnExec));
        Control(Add, _wake, WakeId, 0);
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _wake?.Dispose();
    }

    private void Control(int operation, SafeHandle descriptor, long id, uint flags)
    {
        Span<byte> registration = stackalloc byte[16];
        MemoryMarshal.Write(registration, Input | PeerClosed | flags);
        MemoryMarshal.Write(registration[DataOffset..], id);
        Check(epoll_ctl(_epoll, operation, descriptor, ref MemoryMarshal.GetReference(registration)));
    }

    private static SafeFileHandle Checked(int descriptor)
    {
        Check(descriptor);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    // DllImport: what LibraryImport generates needs unsafe code, and that only Hsm has.
#pragma warning disable SYSLIB1054
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_ctl(SafeHandle epoll, int operation, SafeHandle descriptor, ref byte registration);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_wait(SafeHandle epoll, ref byte ready, int max, int timeout);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int eventfd(uint initial, int flags);
#pragma warning restore SYSLIB1054
}
