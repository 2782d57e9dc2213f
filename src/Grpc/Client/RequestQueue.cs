using System.Net;
using EContract.Grpc.Wire;

namespace EContract.Grpc.Client;

/// <summary>
/// The requests of a streaming call between its writer and the attempts that send them. Until the call is committed all are kept, up
/// to a limit, so that another attempt can send them again; afterwards only the one being written. Its memory is given back when it
/// has been sent; what an attempt may still be reading when the call fails is left to the garbage collector.
/// </summary>
internal sealed class RequestQueue(int keepAtMost)
{
    private readonly Lock _gate = new();
    private readonly List<PooledBufferWriter> _frames = [];
    private int _dropped; // how many before the first of them were sent and dropped
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource? _written; // of the last frame
    private long _kept;
    private int _taken; // how many the last attempt has begun to send
    private int _attempt;
    private bool _committed;
    private bool _completed;
    private bool _closed;

    /// <summary>All that was sent is kept for another attempt.</summary>
    public bool CanRepeat
    {
        get
        {
            lock (_gate)
            {
                return !_committed;
            }
        }
    }

    /// <summary>Completes when an attempt has handed the frame to the transport: its flow control is the back-pressure.</summary>
    /// <exception cref="ObjectDisposedException">The call is over.</exception>
    public Task WriteAsync(PooledBufferWriter frame)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _kept += frame.Length;
            _committed |= _kept > keepAtMost;
            _frames.Add(frame);
            _written = NewSignal();
            Signal();
            return _written.Task;
        }
    }

    /// <summary>No more requests.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Signal();
        }
    }

    /// <summary>What is sent from now on need not be kept.</summary>
    public void Commit()
    {
        lock (_gate)
        {
            _committed = true;
        }
    }

    /// <summary>
    /// The server ended the call, perhaps in answer to the very message that is being written: that write did not fail, even if the
    /// transport has not told so yet.
    /// </summary>
    public void EndByServer()
    {
        lock (_gate)
        {
            if (_taken == _dropped + _frames.Count)
            {
                _written?.TrySetResult();
            }
        }
    }

    /// <summary>The call is over: a write that waits fails, attempts stop.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _written?.TrySetException(new ObjectDisposedException(nameof(RequestQueue)));
            _ = _written?.Task.Exception; // the writer may never look
            Signal();
        }
    }

    /// <summary>The body of a new attempt; older ones stop sending.</summary>
    public HttpContent BeginAttempt()
    {
        lock (_gate)
        {
            _attempt++;
            _taken = 0;
            Signal();
            return new Content(this, _attempt);
        }
    }

    private async Task SendAsync(int attempt, Stream stream, CancellationToken cancellationToken)
    {
        // Nothing may follow for long: the headers have to go out at once.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        for (var index = 0; ; index++)
        {
            PooledBufferWriter? frame;
            while (!TryTake(attempt, index, out frame, out var changed))
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (frame is null)
            {
                return;
            }

            await stream.WriteAsync(frame.Written, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            Sent(attempt, index, frame);
        }
    }

    /// <summary>True with the frame, or with null at the end; false if there is none yet.</summary>
    private bool TryTake(int attempt, int index, out PooledBufferWriter? frame, out Task changed)
    {
        lock (_gate)
        {
            frame = null;
            changed = _changed.Task;
            if (_closed || attempt != _attempt)
            {
                throw new OperationCanceledException("Another attempt took over, or the call is over");
            }

            if (index < _dropped)
            {
                throw new IOException("The request was sent already and is not kept");
            }

            if (index - _dropped < _frames.Count)
            {
                frame = _frames[index - _dropped];
                _taken = index + 1;
                return true;
            }

            return _completed;
        }
    }

    private void Sent(int attempt, int index, PooledBufferWriter frame)
    {
        lock (_gate)
        {
            if (index == _dropped + _frames.Count - 1)
            {
                _written?.TrySetResult();
            }

            if (_committed && attempt == _attempt)
            {
                _frames.RemoveRange(0, index + 1 - _dropped);
                _dropped = index + 1;
                frame.Dispose();
            }
        }
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Content(RequestQueue queue, int attempt) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            queue.SendAsync(attempt, stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
