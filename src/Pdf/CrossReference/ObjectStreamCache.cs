namespace EContract.Pdf.CrossReference;

/// <summary>The object streams decoded last, up to a total size.</summary>
internal sealed class ObjectStreamCache(int capacity)
{
    private readonly LinkedList<(int Number, ObjectStream Stream)> _streams = new();
    private long _size;

    public ObjectStream? Find(int number)
    {
        for (var node = _streams.First; node is not null; node = node.Next)
        {
            if (node.Value.Number == number)
            {
                _streams.Remove(node);
                _streams.AddFirst(node);
                return node.Value.Stream;
            }
        }
        return null;
    }

    public ObjectStream Add(int number, ObjectStream stream)
    {
        _streams.AddFirst((number, stream));
        _size += stream.Size;
        while (_size > capacity && _streams.Count > 1)
        {
            _size -= _streams.Last!.Value.Stream.Size;
            _streams.RemoveLast();
        }
        return stream;
    }
}
