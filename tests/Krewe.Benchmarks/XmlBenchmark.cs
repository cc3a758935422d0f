using System.Buffers;
using BenchmarkDotNet.Attributes;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Benchmarks;

/// <summary>A chat message as clients send it today: read, its fields found, and written for the one whom it is for.</summary>
[MemoryDiagnoser, ShortRunJob]
public class XmlBenchmark
{
    private static readonly XmlNamespace Client = new("jabber:client");
    private static readonly XmlName Message = new(Client, "message");
    private static readonly XmlName Body = new(Client, "body");

    private readonly byte[] _header = """
        <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'>
        """u8.ToArray();

    private readonly byte[] _stanza = """
        <message to='juliet@example.com' id='0199f3a5-7c1e-7f00-8000-1b2c3d4e5f60' type='chat'><body>But soft, what light through yonder window breaks?</body><active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/><origin-id xmlns='urn:xmpp:sid:0' id='0199f3a5-7c1e-7f00-8000-1b2c3d4e5f60'/></message>
        """u8.ToArray();

    private readonly XmlStreamReader _reader = new(new XmlLimits());
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly XmlWriter _writer = new();
    private XmlElement _read;

    [GlobalSetup]
    public void Begin()
    {
        _reader.Read(_header, out _);
        Read();
        _read = _reader.Element;
    }

    /// <summary>From bytes to an element in which everything can be found.</summary>
    [Benchmark]
    public XmlReadStatus Read() => _reader.Read(_stanza, out _);

    /// <summary>The same, with the recipient and the text as strings.</summary>
    [Benchmark]
    public int ReadAndFind()
    {
        _reader.Read(_stanza, out _);
        var message = _reader.Element;
        return message.Attribute("to"u8)!.Length + message.Find(Body).Text.Length;
    }

    /// <summary>From an element to bytes with another envelope.</summary>
    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        _writer.Begin(_output, Client).Start(Message)
            .Attribute("from"u8, "romeo@example.com/garden".AsSpan()).Attribute("to"u8, "juliet@example.com".AsSpan())
            .Attribute("id"u8, "0199f3a5-7c1e-7f00-8000-1b2c3d4e5f60".AsSpan()).Attribute("type"u8, "chat"u8);
        foreach (var child in _read.Children) _writer.Copy(child);
        _writer.End();
        return _output.WrittenCount;
    }
}
