namespace EContract.Hsm.Sessions;

/// <summary>First in, first out, and any waiter may leave from the middle. Owned by the lock of its <see cref="Admission"/>.</summary>
internal sealed class WaiterQueue
{
    private Waiter? _last;

    public Waiter? First { get; private set; }

    public int Count { get; private set; }

    public void Add(Waiter waiter)
    {
        waiter.IsQueued = true;
        waiter.Next = null;
        waiter.Previous = _last;
        if (_last is null)
        {
            First = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        Count++;
    }

    public void Remove(Waiter waiter)
    {
        if (waiter.Previous is null)
        {
            First = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Next = waiter.Previous = null;
        waiter.IsQueued = false;
        Count--;
    }
}
