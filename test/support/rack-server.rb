# Serves the config.ru of its folder as a Rack server would: Rack is not in Ruby's standard library.
require 'socket'
require 'stringio'

builder = Object.new
def builder.run(app) = define_singleton_method(:app) { app }
builder.instance_eval(File.read('config.ru'), 'config.ru')

def serve(client, app)
  method = client.gets.to_s.split.first
  env = { 'REQUEST_METHOD' => method }
  while (line = client.gets.to_s.chomp) != ''
    name, value = line.split(/: */, 2)
    env["HTTP_#{name.upcase.tr('-', '_')}"] = value
  end
  body = client.read(env.delete('HTTP_CONTENT_LENGTH').to_i)
  status, = app.call(env.merge('rack.input' => StringIO.new(body.to_s.b)))
  client.write("HTTP/1.1 #{status} Status\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
rescue SystemCallError, IOError
  nil # the caller has hung up
ensure
  client.close
end

server = TCPServer.new('127.0.0.1', 0)
puts "listens on #{server.addr[1]}"
$stdout.flush
loop { serve(server.accept, builder.app) }
