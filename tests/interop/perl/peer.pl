# A peer that does one thing at a time, as told: each line of the input is a JSON
# array [id, command, arguments...]; each answer is a line "answer ID JSON".
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use IO::Socket::INET;
use IO::Socket::SSL;
use JSON::PP;

$|          = 1;
$SIG{PIPE}  = 'IGNORE';
my $json = JSON::PP->new->canonical->allow_nonref->latin1;
my ( $listener, $s );
my ( @cache, @context, @ticket_keys );

sub log_line {
    open my $fh, '>>', $_[0] or die "$_[0]: $!\n";
    print {$fh} "$_[1]\n";
    close $fh;
}

# As in IO::Socket::SSL's manual: the first key is the current one.
sub ticket_key {
    my ( undef, $name ) = @_;
    my ($current) = @ticket_keys;
    return @$current if !defined $name;
    for (@ticket_keys) { return ( $_->[0], $current->[1] ) if $_->[1] eq $name }
    return;
}

sub with_code {    # what JSON cannot carry
    my %args = %{ $_[0] || {} };
    if ( defined( my $password = delete $args{password} ) ) {
        $args{SSL_passwd_cb} = sub { $password };
    }
    # the number of a cache, or of a context, of this process
    if ( defined( my $n = delete $args{cache} ) )   { $args{SSL_session_cache} = $cache[$n] }
    if ( defined( my $n = delete $args{context} ) ) { $args{SSL_reuse_ctx}     = $context[$n] }
    $args{SSL_ticket_keycb} = \&ticket_key if delete $args{ticket_keys};
    if ( my $psk = delete $args{psk} ) {    # [identity, hex]; the option SSL_psk came in 2.087
        $args{SSL_create_ctx_callback} = sub {
            Net::SSLeay::CTX_set_psk_client_callback( $_[0], sub { @$psk } );
        };
    }
    if ( my $file = delete $args{keylog} ) {
        $args{SSL_create_ctx_callback} = sub {
            Net::SSLeay::CTX_set_keylog_callback( $_[0], sub { log_line( $file, $_[1] ) } );
        };
    }
    return %args;
}

sub checked { defined $_[0] && $_[0] ? $_[0] : die( ( $SSL_ERROR || $! || 'failed' ) . "\n" ) }
sub text    { defined $_[0] ? "$_[0]" : undef }
sub finished { my $n = $_[0]->( $s->_get_ssl_object, my $buf ); unpack "H*", substr( $buf, 0, $n ) }

my %do = (
    version => sub { $IO::Socket::SSL::VERSION },
    # plain and TLS sockets
    listen => sub {
        $listener = IO::Socket::INET->new(
            Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1 );
        checked($listener)->sockport;
    },
    listen_ssl => sub {
        $listener = IO::Socket::SSL->new(
            Listen => 5, LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1,
            with_code(@_) );
        checked($listener)->sockport;
    },
    accept  => sub { ref( $s = checked( $listener->accept ) ) },
    connect => sub {
        ref( $s = checked( IO::Socket::INET->new( PeerAddr => '127.0.0.1', PeerPort => shift ) ) );
    },
    connect_ssl => sub {
        my $port = shift;
        $s = IO::Socket::SSL->new( PeerAddr => '127.0.0.1', PeerPort => $port, with_code(@_) );
        ref( checked($s) );
    },
    # TLS on them
    start      => sub { checked( IO::Socket::SSL->start_SSL( $s, with_code(@_) ) ); ref $s },
    accept_tls => sub { checked( $s->accept_SSL ); ref $s },
    connect_tls => sub { checked( $s->connect_SSL ); ref $s },
    stop  => sub { checked( $s->stop_SSL( %{ $_[0] || {} } ) ); ref $s },
    close => sub { my $ok = $s->close( %{ $_[0] || {} } ); $ok ? 1 : 0 },
    # data
    print => sub { checked( print {$s} $_[0] ); 1 },
    read  => sub {
        my ( $want, $got ) = ( shift, '' );
        while ( length $got < $want ) {
            my $n = $s->sysread( $got, $want - length $got, length $got );
            die 'read: ' . ( $SSL_ERROR || $! ) . "\n" if !defined $n;
            die "end of file after '$got'\n" if !$n;
        }
        $got;
    },
    readline => sub { text( scalar <$s> ) },
    # one sysread: its result, undef included
    sysread => sub { my $n = $s->sysread( my $buf, $_[0] ); { n => $n, err => text($SSL_ERROR) } },
    syswrite => sub {    # once
        my $n = $s->syswrite( $_[0] );
        { n => $n, err => $n ? undef : text( $SSL_ERROR || $! ) }
    },
    # Up to the end, one by one: a list at once is split by a pattern that stops at newlines.
    readlines => sub {
        local $/ = $_[0];
        my @lines;
        while ( defined( my $line = <$s> ) ) {
            push @lines, $line;
            last if !defined $/;    # slurping never ends otherwise
        }
        \@lines;
    },
    readrecord => sub { local $/ = \( $_[0] ); text( scalar <$s> ) },
    printf  => sub { my $format = shift; checked( $s->printf( $format, @_ ) ); 1 },
    getc    => sub { text( $s->getc ) },
    pending => sub { $s->pending },
    peek    => sub { my $n = $s->peek( my $buf, $_[0] ); [ $n, $buf ] },
    # without waiting
    blocking => sub { $s->blocking( $_[0] ); 1 },
    step     => sub {    # accept_SSL, connect_SSL: 1, or what it wants
        my $method = shift;
        return 1 if $s->$method;
        $SSL_ERROR == SSL_WANT_READ ? 'read' : $SSL_ERROR == SSL_WANT_WRITE ? 'write'
          : die "$method: $SSL_ERROR\n";
    },
    select => sub {    # waits until it may be read or written
        vec( my $bits = '', fileno($s), 1 ) = 1;
        select( $_[0] eq 'read' ? $bits : undef, $_[0] eq 'write' ? $bits : undef, undef, 8 );
    },
    send_noise => sub {    # the same as noise() in lab.ts
        my ( $length, $x ) = @_;
        my $words = '';
        for ( 1 .. $length / 4 ) {
            $x ^= ( $x << 13 ) & 0xffffffff;
            $x ^= $x >> 17;
            $x ^= ( $x << 5 ) & 0xffffffff;
            $words .= pack 'V', $x;
        }
        for ( my $at = 0 ; $at < length $words ; ) {
            my $n = $s->syswrite( $words, 16384, $at );
            die 'write: ' . ( $SSL_ERROR || $! ) . "\n" if !$n;
            $at += $n;
        }
        sha256_hex($words);
    },
    read_digest => sub {
        my ( $want, $got ) = ( shift, '' );
        while ( length $got < $want ) {
            my $n = $s->sysread( $got, $want - length $got, length $got );
            die 'read: ' . ( $SSL_ERROR || $! ) . "\n" if !$n;
        }
        sha256_hex($got);
    },
    # what it knows
    info => sub {
        return {
            class    => ref $s,
            cipher   => text( $s->get_cipher ),
            version  => text( $s->get_sslversion ),
            alpn     => text( scalar $s->alpn_selected ),
            subject  => text( $s->peer_certificate('subject') ),
            name     => text( $s->get_servername ),
            finished      => finished( \&Net::SSLeay::get_finished ),
            peer_finished => finished( \&Net::SSLeay::get_peer_finished ),
            reused_by_name => $s->get_session_reused ? 1 : 0,
            reused => Net::SSLeay::session_reused( $s->_get_ssl_object ) ? 1 : 0,
        };
    },
    npn         => sub { text( scalar $s->next_proto_negotiated ) },
    fingerprint => sub { $s->get_fingerprint(@_) },
    export      => sub {
        my ( $length, $label ) = @_;
        unpack "H*",
          Net::SSLeay::export_keying_material( $s->_get_ssl_object, $length, $label );
    },
    verify => sub { $s->verify_hostname(@_) ? 1 : 0 },
    # sessions
    session_cache => sub { push @cache, IO::Socket::SSL::Session_Cache->new( $_[0] ); $#cache },
    cached   => sub { $cache[ $_[0] ]->get_session( $_[1] ) ? 1 : 0 },
    forget   => sub { $cache[ $_[0] ]->del_session( $_[1] ); 1 },
    context  => sub {
        push @context, checked( IO::Socket::SSL::SSL_Context->new( with_code(@_) ) );
        $#context;
    },
    # what a cache of a size does, operation by operation: [room, key, ...] after each
    cache_steps => sub {
        my ( $size, @steps ) = @_;
        my $cache = IO::Socket::SSL::Session_Cache->new($size);
        my @after;
        for (@steps) {
            my ( $method, $key ) = @$_;
            my $got = $method eq 'add_session' ? $cache->add_session( $key, 0 )
              : $method eq 'replace_session' ? $cache->replace_session( $key, 0 )
              : $cache->$method($key);
            my ( $v, @keys ) = $cache->{ghead};
            while ($v) {
                push @keys, $v->[1];
                $v = $v->[2];
                last if !$v || $v == $cache->{ghead};
            }
            my $said = $method eq 'get_session' ? ( defined $got ? 1 : 0 )
              : $method eq 'del_session' ? $got
              : undef;
            push @after, [ $said, $cache->{room}, @keys ];
        }
        \@after;
    },
    ticket_keys => sub {    # [key, name], ... in hex
        @ticket_keys = map { [ map { pack 'H*', $_ } @$_ ] } @_;
        1;
    },
    class  => sub { ref $s },
);

while ( defined( my $line = <STDIN> ) ) {
    my ( $id, $command, @args ) = @{ $json->decode($line) };
    local $SIG{ALRM} = sub { die "$command took more than 9 s\n" };
    alarm 9;
    my $value = eval { ( $do{$command} || die "no command $command\n" )->(@args) };
    my $error = $@;
    alarm 0;
    chomp $error;
    print "answer $id ", $json->encode( $error ne '' ? { error => $error } : { value => $value } ),
      "\n";
}
